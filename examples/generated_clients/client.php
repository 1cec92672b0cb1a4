<?php
// The use cases of the API's documentation with a client that openapi-generator makes with -g php.

use OpenAPI\Client\Api\AvailabilityApi;
use OpenAPI\Client\Api\ImagesApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;

// Composer makes one autoloader of both; this is Debian's package of Guzzle.
require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $file = __DIR__ . '/generated/php/lib/' . strtr(substr($class, strlen('OpenAPI\Client\\')), '\\', '/') . '.php';
    if (is_file($file)) {
        require $file;
    }
});

$base = getenv('AIIMAGE_BASE_URL') ?: 'http://127.0.0.1:8010/api/v1';
$token = getenv('AIIMAGE_TOKEN') ?: 'demo';

function connect(string $token): Configuration
{
    global $base;
    return (new Configuration())->setHost($base)->setAccessToken($token);
}

function hero(string $token, int $count = 1): object
{
    return (new ImagesApi(null, connect($token)))->generateImage(
        image_generator: 'dall-e',
        image_number_of_images: $count,
        description: 'A teapot',
        size: '1024x1024',
        quality: 'hd',
    );
}

$images = new ImagesApi(null, connect($token));
$available = (new AvailabilityApi(null, connect($token)))->checkAvailability();
echo "available: {$available->getMessage()}\n";

$image = hero($token)->getImages()[0];
echo "hero: {$image->getInput()}\n";
$source = tempnam(sys_get_temp_dir(), 'hero');
copy(str_replace('/api/v1', "/{$image->getOutput()}", $base), $source);

$stable = ['image_generator' => 'stablediffusion', 'image_number_of_images' => 1, 'image_resolution' => '512x512'];
$variation = $images->generateImage(
    ...$stable,
    stable_description: 'The same in blue',
    type: 'image-to-image',
    image_src: new SplFileObject($source),
);
echo "variation: {$variation->getImages()[0]->getInput()}\n";
unlink($source);
$crop = $images->generateImage(...$stable, stable_description: 'A teapot, cropped', type: 'text-to-image');
echo "crop: {$crop->getImages()[0]->getInput()}\n";

$inputs = array_map(fn ($each) => $each->getInput(), $images->getRecentImages());
echo 'recent: ' . implode('; ', $inputs) . "\n";

$accounts = [
    'invalid' => $token, 'busy' => 'demo-busy', 'credits' => 'demo-empty', 'limit' => 'demo-limited',
    'stranger' => 'demo-invalid',
];
foreach ($accounts as $name => $account) {
    try {
        hero($account, $name === 'invalid' ? 9999 : 1);
    } catch (ApiException $error) {
        echo "$name: {$error->getCode()} {$error->getResponseObject()->getMessage()}\n";
    }
}
