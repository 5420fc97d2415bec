// Exercise use-13e. Check it with: ./learn check use-13e
// use-13e: a download that goes on.

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/todo.hpp>
#include <http/client.hpp>

#include "download.hpp"

namespace {

//: use-13e all of the file, or what is missing of it if it is still the same
http::RequestOptions rest_of(const Download& known) {
  AIO_TODO("use-13e", "all of the file, or what is missing of it if it is still the same");
}

//: use-13e make ready for what the response brings, if it brings that
void begin(const http::Response& response, Download& into) {
  AIO_TODO("use-13e", "make ready for what the response brings, if it brings that");
}

//: use-13e how many bytes there will be in the end
std::optional<std::uint64_t> total_of(const http::Response& response, const Download& known) {
  AIO_TODO("use-13e", "how many bytes there will be in the end");
}

//: use-13e one request, and what comes of it
aio::Coro<> attempt(http::Client& client, const std::string& url, Download& into,
                    const Tell& tell) {
  AIO_TODO("use-13e", "one request, and what comes of it");
}

}  // namespace

//: use-13e try, and try again where the connection was to blame
aio::Coro<> download(http::Client& client, std::string url, Download& into, Tell tell,
                     int attempts) {
  AIO_TODO("use-13e", "try, and try again where the connection was to blame");
}
