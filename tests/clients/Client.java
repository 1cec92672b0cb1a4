// java.net.http. Without expectContinue: before Java 19 it never ends if the reply is not 100 (JDK-8286171).
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

public class Client {
    record Step(String name, String method, String path, String token, String json, String file) {}

    static final String PROMPT =
        "{\"image_generator\":\"flux-pro\",\"description_flux_pro\":\"Caf\u00e9 in fog\",\"image_number_of_images\":%d}";

    public static void main(String[] arguments) throws Exception {
        String token = System.getenv("TOKEN");
        List<Step> steps = List.of(
            new Step("json", "POST", "generate-image", token, PROMPT.formatted(1), null),
            new Step("upload", "POST", "generate-image", token, null, System.getenv("PICTURE")),
            new Step("refused", "POST", "generate-image", "demo-invalid", null, System.getenv("LARGE")),
            new Step("after", "GET", "versions", token, null, null),
            new Step("invalid", "POST", "generate-image", token, PROMPT.formatted(0), null),
            new Step("again", "POST", "generate-image", token, PROMPT.formatted(1), null));
        HttpClient client = HttpClient.newHttpClient();
        for (Step each : steps) {
            HttpRequest.BodyPublisher body = BodyPublishers.ofByteArray(new byte[0]);
            if (each.json() != null) body = BodyPublishers.ofString(each.json());
            if (each.file() != null) body = BodyPublishers.ofByteArray(form(each.file()));
            HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("BASE") + "/aiimage/" + each.path()))
                .method(each.method(), body)
                .header("Authorization", "Bearer " + each.token())
                .header("Content-Type", each.file() != null ? "multipart/form-data; boundary=frontier" : "application/json")
                .build();
            System.out.println(each.name() + " " + client.send(request, BodyHandlers.ofByteArray()).statusCode());
        }
    }

    static byte[] form(String file) throws Exception {
        String[][] fields = {
            {"image_generator", "stablediffusion"}, {"stable_description", "Caf\u00e9 in fog"}, {"type", "upscale"},
            {"image_resolution", "32x24"}, {"image_number_of_images", "1"}};
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String part = "--frontier\r\nContent-Disposition: form-data; name=\"%s\"";
        for (String[] field : fields) {
            body.write((part.formatted(field[0]) + "\r\n\r\n" + field[1] + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
        body.write((part.formatted("image_src") + "; filename=\"a.png\"\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        body.write(Files.readAllBytes(Path.of(file)));
        body.write("\r\n--frontier--\r\n".getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }
}
