<?php
// The curl extension.
require __DIR__ . '/steps.php';

$curl = curl_init();
play(function ($method, $url, $headers, $sent) use ($curl) {
    curl_reset($curl);
    $body = isset($sent['json']) ? json_encode($sent['json']) : null;
    if ($body) $headers[] = 'Content-Type: application/json';
    if (isset($sent['file'])) $body = $sent['form'] + ['image_src' => new CURLFile($sent['file'], 'image/png')];
    if ($body) curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
    curl_setopt_array($curl, [
        CURLOPT_URL => $url,
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
    ]);
    if (curl_exec($curl) === false) return curl_error($curl);
    return curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
});
