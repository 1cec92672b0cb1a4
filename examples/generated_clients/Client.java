// The use cases of the API's documentation with two clients that openapi-generator makes with -g java: for JSON, and
// for forms.

import aiimage.json.AvailabilityApi;
import aiimage.json.ImagesApi;
import aiimage.json.client.ApiException;
import aiimage.json.model.DallERequest;
import aiimage.json.model.GenerateRequest;
import aiimage.json.model.Image;
import aiimage.json.model.Refused;
import aiimage.json.model.StableDiffusionRequest;
import java.io.File;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Collectors;

public class Client {
    static final String BASE = setting("AIIMAGE_BASE_URL", "http://127.0.0.1:8010/api/v1");
    static final String TOKEN = setting("AIIMAGE_TOKEN", "demo");

    static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    static aiimage.json.client.ApiClient connect(String token) {
        var client = new aiimage.json.client.ApiClient();
        client.updateBaseUri(BASE);
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        return client;
    }

    static Image generate(String token, GenerateRequest order) throws ApiException {
        return new ImagesApi(connect(token)).generateImage(order).getImages().get(0);
    }

    static GenerateRequest hero(int count) {
        return new GenerateRequest(new DallERequest()
            .imageGenerator(DallERequest.ImageGeneratorEnum.DALL_E).imageNumberOfImages(count).description("A teapot")
            .size(DallERequest.SizeEnum._1024X1024).quality(DallERequest.QualityEnum.HD));
    }

    static GenerateRequest crop() {
        return new GenerateRequest(new StableDiffusionRequest()
            .imageGenerator(StableDiffusionRequest.ImageGeneratorEnum.STABLEDIFFUSION).imageNumberOfImages(1)
            .stableDescription("A teapot, cropped").type(StableDiffusionRequest.TypeEnum.TEXT_TO_IMAGE)
            .imageResolution("512x512"));
    }

    static String variation(File source) throws aiimage.form.client.ApiException {
        var client = new aiimage.form.client.ApiClient();
        client.updateBaseUri(BASE);
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + TOKEN));
        return new aiimage.form.ImagesApi(client).generateImage("stablediffusion", 1, null, null, null, null, null, null,
            "The same in blue", "image-to-image", "512x512", null, null, source, null, null).getImages().get(0).getInput();
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("available: " + new AvailabilityApi(connect(TOKEN)).checkAvailability().getMessage());

        Image image = generate(TOKEN, hero(1));
        System.out.println("hero: " + image.getInput());
        File source = File.createTempFile("hero", ".png");
        source.deleteOnExit();
        try (InputStream picture = URI.create(BASE).resolve("/" + image.getOutput()).toURL().openStream()) {
            Files.copy(picture, source.toPath(), StandardCopyOption.REPLACE_EXISTING);
        }

        System.out.println("variation: " + variation(source));
        System.out.println("crop: " + generate(TOKEN, crop()).getInput());
        System.out.println("recent: " + new ImagesApi(connect(TOKEN)).getRecentImages().stream()
            .map(each -> each.getInput()).collect(Collectors.joining("; ")));

        var accounts = Map.of("invalid", TOKEN, "busy", "demo-busy", "credits", "demo-empty", "limit", "demo-limited",
            "stranger", "demo-invalid");
        for (var each : accounts.entrySet()) {
            try {
                generate(each.getValue(), hero(each.getKey().equals("invalid") ? 9999 : 1));
            } catch (ApiException error) {
                Refused body = aiimage.json.client.ApiClient.createDefaultObjectMapper()
                    .readValue(error.getResponseBody(), Refused.class);
                System.out.println(each.getKey() + ": " + error.getCode() + " " + body.getMessage());
            }
        }
    }
}
