#pragma once
// The little cryptography that WebSocket needs (src/tls_openssl.cpp).

#include <span>
#include <string>
#include <string_view>

namespace http::detail {

/// Base64 of the SHA-1 of `text`.
std::string sha1_base64(std::string_view text);
std::string base64(std::string_view bytes);
/// Fills it with bytes that nobody can guess.
void fill_randomly(std::span<unsigned char> bytes);

}  // namespace http::detail
