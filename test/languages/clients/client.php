<?php
// Creates a user, and calls two other servers: client.php streams|curl.
function withStreams(string $method, string $url, array $headers = [], string $body = ""): string
{
    $http = ["method" => $method, "header" => $headers, "content" => $body, "ignore_errors" => true];
    $warnings = [];
    set_error_handler(function (int $level, string $message) use (&$warnings) {
        $warnings[] = str_replace("\n", " ", $message);
    });
    $answer = file_get_contents($url, false, stream_context_create(["http" => $http]));
    return $answer === false ? $warnings[0] : explode(" ", $http_response_header[0])[1];
}

function withCurl(string $method, string $url, array $headers = [], string $body = ""): string
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => $headers]);
    if ($method === "POST") curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
    return curl_exec($curl) === false ? curl_error($curl) : (string) curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
}

$send = $argv[1] === "curl" ? withCurl(...) : withStreams(...);
$path = "/identities?api-version=2023-10-01";
$body = "{}";
$date = gmdate("D, d M Y H:i:s") . " GMT";
$host = substr(getenv("COMMUNICATION_ENDPOINT"), strlen("https://"));
$digest = base64_encode(hash("sha256", $body, true));
$key = base64_decode(getenv("COMMUNICATION_ACCESS_KEY"));
$signature = base64_encode(hash_hmac("sha256", "POST\n$path\n$date;$host;$digest", $key, true));
echo $send("POST", getenv("COMMUNICATION_ENDPOINT") . $path, [
    "Content-Type: application/json",
    "x-ms-date: $date",
    "x-ms-content-sha256: $digest",
    "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=$signature",
], $body), "\n";
foreach (["SECOND_URL", "THIRD_URL"] as $name) echo strtok($send("GET", getenv($name)), "\n"), "\n";
