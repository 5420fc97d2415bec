#pragma once
// Who may ask. A page of the book can start compilers, so only the browser that was given the
// address with the token is answered, and only what the book's own pages ask for.

#include <string>
#include <string_view>

#include <http/server/router.hpp>

namespace book {

/// Looks at every request before it comes to a route.
///
///  1. `Host` is 127.0.0.1 or localhost, with the port: a name that somebody else's DNS leads to
///     this machine is refused.
///  2. `Origin`, where the browser says it, and `Sec-Fetch-Site` are the book's own.
///  3. The token comes in the address once (`?token=`); then it is in a cookie, and the address is
///     without it. A program may send it as `X-Book-Token` instead. What changes something (POST)
///     needs `Origin`, or that header.
///  4. Each response says what a page may do: load what the book serves, and nothing else.
class Guard {
 public:
  Guard(std::string token, std::uint16_t port);

  http::Middleware middleware() const;
  /// The address to open.
  std::string address() const;

 private:
  bool is_own_host(const http::ServerRequest& request) const;
  bool is_own_origin(const http::ServerRequest& request) const;
  bool knows_token(const http::ServerRequest& request) const;
  bool may_change(const http::ServerRequest& request) const;
  int judge(const http::ServerRequest& request) const;
  http::Response let_in(const http::ServerRequest& request) const;
  std::string cookie_name() const;

  std::string token_;
  std::uint16_t port_;
};

/// 32 hexadecimal digits that nobody can guess.
std::string new_token();

}  // namespace book
