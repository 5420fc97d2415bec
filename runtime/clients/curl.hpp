#pragma once
// HTTP, as libcurl speaks it, on the loop: libcurl says which sockets it watches and when it wants
// to be called, and is told what has happened. Like Python's httpx.
//
// Stands on the event loop (04).
//  1. All transfers of a client share libcurl's pool of connections.
//  2. libcurl is never called from inside one of its callbacks: those only note, watch and set
//     timers. Whoever waits for a transfer goes on when libcurl has returned.
//  3. A socket that libcurl closes is not watched any more, before its number is used again.
//  4. An await that is cancelled ends the transfer, and libcurl closes its connection.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>

namespace curl {

struct Options {
  Options() {}
  std::size_t connections = 100;  // at most so many at once; more transfers wait for their turn
  std::size_t per_host = 0;       // 0: as many
  std::string certificates;       // a file with those to trust; "": the system's
};

struct Request {
  Request() {}
  explicit Request(std::string its_url) : url(std::move(its_url)) {}
  std::string url;
  std::string method = "GET";
  std::vector<std::string> fields;  // "Accept: text/plain"
  std::string body;
  bool follow = false;                         // redirects, ten at most
  std::size_t most = 64UL << 20;               // bytes of the response's body
  aio::Delay limit = std::chrono::minutes(5);  // for all of it
};

struct Response {
  Response() {}
  long status = 0;
  std::vector<std::string> fields;  // of the last response, if there were redirects
  std::string body;
};

/// There is no response: `code` is libcurl's CURLcode, 28 for a time-out.
class Error : public std::runtime_error {
 public:
  Error(const std::string& message, int its_code) : std::runtime_error(message), code(its_code) {}
  int code;
};

/// Transfers, for the loop that runs where it is made. Must outlive them.
class Client {
 public:
  explicit Client(const Options& options = Options());
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  /// Any response is one, whatever its status. Throws Error. Cancelled: the transfer ends.
  aio::Coro<Response> perform(Request request);
  aio::Coro<Response> get(std::string url) { return perform(Request(std::move(url))); }
  /// Transfers under way.
  std::size_t transfers() const;

 private:
  class Multi;
  std::unique_ptr<Multi> multi_;
};

}  // namespace curl
