# Creates a user, and calls two other servers.
use v5.36;
use Digest::SHA qw(hmac_sha256 sha256);
use HTTP::Tiny;
use MIME::Base64;
use POSIX qw(strftime);

my $http = HTTP::Tiny->new(verify_SSL => 1);
my $path = "/identities?api-version=2023-10-01";
my $body = "{}";
my $date = strftime("%a, %d %b %Y %H:%M:%S GMT", gmtime);
my $host = $ENV{COMMUNICATION_ENDPOINT} =~ s{^https://}{}r;
my $digest = encode_base64(sha256($body), "");
my $key = decode_base64($ENV{COMMUNICATION_ACCESS_KEY});
my $signature = encode_base64(hmac_sha256("POST\n$path\n$date;$host;$digest", $key), "");
my $created = $http->post("$ENV{COMMUNICATION_ENDPOINT}$path", {
    content => $body,
    headers => {
        "Content-Type" => "application/json",
        "x-ms-date" => $date,
        "x-ms-content-sha256" => $digest,
        "Authorization" => "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=$signature",
    },
});
say $created->{status};
for my $name ("SECOND_URL", "THIRD_URL") {
    my $response = $http->get($ENV{$name});
    say $response->{status} == 599 ? $response->{content} =~ s/\s+/ /gr : $response->{status};
}
