<?php
// The steps of the clients in PHP: each sends the same calls and prints a name and a status for each.
$prompt = ['image_generator' => 'flux-pro', 'description_flux_pro' => 'Café in fog', 'image_number_of_images' => 1];
$form = [
    'image_generator' => 'stablediffusion',
    'stable_description' => 'Café in fog',
    'type' => 'upscale',
    'image_resolution' => '32x24',
    'image_number_of_images' => '1',
];
$steps = [
    ['json', 'POST', 'generate-image', getenv('TOKEN'), ['json' => $prompt]],
    ['upload', 'POST', 'generate-image', getenv('TOKEN'), ['form' => $form, 'file' => getenv('PICTURE')]],
    ['refused', 'POST', 'generate-image', 'demo-invalid', ['form' => $form, 'file' => getenv('LARGE')]],
    ['after', 'GET', 'versions', getenv('TOKEN'), []],
    ['invalid', 'POST', 'generate-image', getenv('TOKEN'), ['json' => ['image_number_of_images' => 0] + $prompt]],
    ['again', 'POST', 'generate-image', getenv('TOKEN'), ['json' => $prompt]],
];

function play(callable $call): void
{
    global $steps;
    foreach ($steps as [$name, $method, $path, $token, $sent]) {
        $url = getenv('BASE') . "/aiimage/$path";
        echo $name, ' ', $call($method, $url, ["Authorization: Bearer $token"], $sent), "\n";
    }
}
