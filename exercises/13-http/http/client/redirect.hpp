#pragma once
// Your layer of lesson 13. Check it with: ./learn check 13
// What becomes of a request when the server says that it belongs elsewhere: RFC 9110, 15.4, as
// browsers do it.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <http/message.hpp>
#include <http/url.hpp>
#include <aio/support/todo.hpp>

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
  AIO_TODO("13.5", "find out where a response leads, and whether one may go there");
}

/// GET takes the place of POST for 301 and 302, and of every other method but HEAD for 303.
//: 13.5 does the request that follows ask only?
inline bool becomes_get(int status, std::string_view method) {
  AIO_TODO("13.5", "does the request that follows ask only?");
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
  AIO_TODO("13.5", "make the request that follows");
}

}  // namespace detail

}  // namespace http
