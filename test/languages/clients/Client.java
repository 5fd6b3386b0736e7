import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Creates a user, and calls two other servers. */
class Client {
    public static void main(String[] args) throws Exception {
        var http = HttpClient.newHttpClient();
        var url = URI.create(System.getenv("COMMUNICATION_ENDPOINT") + "/identities?api-version=2023-10-01");
        var body = "{}";
        // RFC_1123_DATE_TIME writes a day without its zero.
        var date = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .format(ZonedDateTime.now(ZoneOffset.UTC));
        var digest = base64(MessageDigest.getInstance("SHA-256").digest(body.getBytes()));
        var text = "POST\n" + url.getPath() + "?" + url.getQuery() + "\n" + date + ";" + url.getAuthority() + ";" + digest;
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(System.getenv("COMMUNICATION_ACCESS_KEY")), "HmacSHA256"));
        var created = HttpRequest.newBuilder(url)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .header("x-ms-date", date)
            .header("x-ms-content-sha256", digest)
            .header(
                "Authorization",
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + base64(mac.doFinal(text.getBytes())))
            .build();
        System.out.println(http.send(created, BodyHandlers.discarding()).statusCode());
        for (var name : new String[] {"SECOND_URL", "THIRD_URL"}) {
            try {
                var request = HttpRequest.newBuilder(URI.create(System.getenv(name))).build();
                System.out.println(http.send(request, BodyHandlers.discarding()).statusCode());
            } catch (java.io.IOException error) {
                System.out.println(error.getMessage());
            }
        }
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
