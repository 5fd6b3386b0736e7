import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** Signs in with Entra ID, and creates a user, with the JDK's client as it is. */
class IdentityTest {
    @Test
    void createsAUserWithEntraId() throws Exception {
        String endpoint = Emulator.get("COMMUNICATION_ENDPOINT");
        HttpClient http = HttpClient.newHttpClient();
        String form = "grant_type=client_credentials&client_id=" + Emulator.get("AZURE_CLIENT_ID")
            + "&client_secret=" + Emulator.get("AZURE_CLIENT_SECRET") + "&scope=https://communication.azure.com/.default";
        URI tokens = URI.create(Emulator.get("AZURE_AUTHORITY_HOST") + "/" + Emulator.get("AZURE_TENANT_ID") + "/oauth2/v2.0/token");
        HttpRequest signIn = HttpRequest.newBuilder(tokens).header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)).build();
        String token = http.send(signIn, BodyHandlers.ofString()).body().replaceAll(".*\"access_token\":\"([^\"]+).*", "$1");
        HttpRequest create = HttpRequest.newBuilder(URI.create(endpoint + "/identities?api-version=2023-10-01"))
            .header("Content-Type", "application/json").header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString("{}")).build();
        assertEquals(201, http.send(create, BodyHandlers.ofString()).statusCode());
    }
}
