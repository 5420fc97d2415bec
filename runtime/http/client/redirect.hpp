#pragma once
// What becomes of a request when the server says that it belongs elsewhere: RFC 9110, 15.4, as
// browsers do it.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <http/message.hpp>
#include <http/url.hpp>

namespace http {

namespace layers {
inline constexpr const char* redirect = __FILE__;  // which copy was compiled; tests print it
}

/// A redirect that is not followed: too many in a row, from https to http, or to no usable URL.
struct RedirectError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

/// Where a response leads to; nothing when it does not. Throws RedirectError.
//: 13.5 find out where a response leads, and whether one may go there
inline std::optional<Url> redirect_target(const Response& response, const Url& from) {
  const int status = response.status;
  if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) return {};
  const std::optional<std::string_view> location = response.headers.get("Location");
  if (!location) return {};
  try {
    const Url to = from.resolve(*location);
    if (to.scheme() != "http" && to.scheme() != "https") {
      throw RedirectError("a redirect leads from " + from.text() + " to " + to.text());
    }
    if (from.secure() && !to.secure()) {
      throw RedirectError("a redirect leads from " + from.text() + " to " + to.text() +
                          ", where everybody could read along");
    }
    return to;
  } catch (const UrlError& error) {
    throw RedirectError("a redirect from " + from.text() + " leads to no URL: " + error.what());
  }
}

/// GET takes the place of POST for 301 and 302, and of every other method but HEAD for 303.
//: 13.5 does the request that follows ask only?
inline bool becomes_get(int status, std::string_view method) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

inline void drop_body(Request& request, std::string& body) {
  body.clear();
  for (const char* const name : {"Content-Length", "Content-Type", "Content-Encoding",
                                 "Content-Language", "Content-Location"}) {
    request.headers.remove(name);
  }
}

/// Makes the request that follows the redirect. Who may do something on one origin has not shown
/// that to another one.
//: 13.5 make the request that follows
inline void redirect(Request& request, std::string& body, int status, const Url& from,
                     const Url& to) {
  if (becomes_get(status, request.method)) {
    request.method = "GET";
    drop_body(request, body);
  }
  request.target = to.target();
  if (from.origin() == to.origin()) return;
  request.headers.set("Host", to.authority());
  for (const char* const name : {"Authorization", "Cookie", "Proxy-Authorization"}) {
    request.headers.remove(name);
  }
}

}  // namespace detail

}  // namespace http
