#include "guard.hpp"

#include <array>
#include <random>

#include <fmt/format.h>

#include "html.hpp"

namespace book {

namespace {

constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

constexpr std::string_view closed_page =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><link rel=\"icon\" "
    "href=\"data:,\"><title>The book is closed</title>"
    "<h1>The book is closed to this browser</h1><p>Open the address that <code>./learn book</code> "
    "printed, with the token at its end.</p></html>\n";

constexpr std::string_view arrival_page =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><link rel=\"icon\" "
    "href=\"data:,\"><title>Loopwright</title>"
    "<meta http-equiv=\"refresh\" content=\"0; url={0}\"><p><a href=\"{0}\">Open the book</a></p>"
    "</html>\n";

/// In the same time for every guess of the same length.
bool same(std::string_view given, std::string_view wanted) {
  unsigned difference = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size() && i < wanted.size(); ++i) {
    difference |= static_cast<unsigned char>(given[i] ^ wanted[i]);
  }
  return difference == 0;
}

/// The value of a cookie of that name, if there is one.
std::string_view cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    std::string_view pair = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(pair.size() + 1, header.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return pair.substr(name.size() + 1);
    }
  }
  return {};
}

void add_rules(http::Response& response) {
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  if (!response.headers.contains("Cache-Control"))
    response.headers.set("Cache-Control", "no-store");
}

http::Response refusal(int status) {
  return http::Response(status, std::string(closed_page), "text/html; charset=utf-8");
}

}  // namespace

Guard::Guard(std::string token, std::uint16_t port) : token_(std::move(token)), port_(port) {}

std::string Guard::address() const {
  return fmt::format("http://127.0.0.1:{}/?token={}", port_, token_);
}

/// Browsers send a cookie to every port of a host.
std::string Guard::cookie_name() const { return fmt::format("book-{}", port_); }

bool Guard::is_own_host(const http::ServerRequest& request) const {
  const std::string_view host = request.headers.get("Host").value_or("");
  return host == fmt::format("127.0.0.1:{}", port_) || host == fmt::format("localhost:{}", port_);
}

bool Guard::is_own_origin(const http::ServerRequest& request) const {
  const auto origin = request.headers.get("Origin");
  const auto site = request.headers.get("Sec-Fetch-Site");
  if (site && *site != "same-origin" && *site != "none") return false;
  return !origin || *origin == fmt::format("http://{}", *request.headers.get("Host"));
}

bool Guard::knows_token(const http::ServerRequest& request) const {
  const auto header = request.headers.get("X-Book-Token");
  if (header) return same(*header, token_);
  return same(cookie(request.headers.get("Cookie").value_or(""), cookie_name()), token_);
}

bool Guard::may_change(const http::ServerRequest& request) const {
  const bool only_reads = request.method == "GET" || request.method == "HEAD";
  return only_reads || request.headers.contains("Origin") ||
         request.headers.contains("X-Book-Token");
}

/// 0: it may pass.
int Guard::judge(const http::ServerRequest& request) const {
  if (!is_own_host(request)) return 421;
  if (!is_own_origin(request) || !may_change(request)) return 403;
  return knows_token(request) ? 0 : 401;
}

/// The token leaves the address, so that no history or screenshot has it. A page goes on, and no
/// redirection: a browser that follows one for another site's link would not send the cookie.
http::Response Guard::let_in(const http::ServerRequest& request) const {
  const std::string path = escaped(request.raw_path());
  http::Response response(200, fmt::format(arrival_page, path.starts_with("//") ? "/" : path),
                          "text/html; charset=utf-8");
  response.headers.add(
      "Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict", cookie_name(), token_));
  return response;
}

http::Middleware Guard::middleware() const {
  return [guard = *this](http::ServerRequest& request,
                         http::Handler& next) -> aio::Coro<http::Response> {
    const auto given = request.query_value("token");
    const bool arrives = given && request.method == "GET" && guard.is_own_host(request) &&
                         same(*given, guard.token_);
    if (arrives) {
      http::Response response = guard.let_in(request);
      add_rules(response);
      co_return response;
    }
    http::Response response = refusal(guard.judge(request));
    if (guard.judge(request) == 0) response = co_await next(request);
    add_rules(response);
    co_return response;
  };
}

std::string new_token() {
  std::random_device source;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", source());
  return token;
}

}  // namespace book
