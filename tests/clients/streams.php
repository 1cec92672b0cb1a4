<?php
// PHP's streams: they send HTTP/1.1 with Connection: close, all of the body before they read.
require __DIR__ . '/steps.php';

play(function ($method, $url, $headers, $sent) {
    $body = isset($sent['json']) ? json_encode($sent['json']) : '';
    $type = 'application/json';
    if (isset($sent['file'])) {
        $boundary = bin2hex(random_bytes(12));
        $type = "multipart/form-data; boundary=$boundary";
        foreach ($sent['form'] as $name => $value) {
            $body .= "--$boundary\r\nContent-Disposition: form-data; name=\"$name\"\r\n\r\n$value\r\n";
        }
        $body .= "--$boundary\r\nContent-Disposition: form-data; name=\"image_src\"; filename=\"a.png\"\r\n"
            . "Content-Type: image/png\r\n\r\n" . file_get_contents($sent['file']) . "\r\n--$boundary--\r\n";
    }
    $options = ['method' => $method, 'content' => $body, 'ignore_errors' => true, 'timeout' => 30];
    $options['header'] = [...$headers, "Content-Type: $type"];
    $reply = file_get_contents($url, false, stream_context_create(['http' => $options + ['protocol_version' => 1.1]]));
    return $reply === false ? 'none' : explode(' ', $http_response_header[0])[1];
});
