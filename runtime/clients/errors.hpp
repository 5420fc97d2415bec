#pragma once
// What goes wrong between us and a server.

#include <stdexcept>
#include <string>

namespace clients {

/// The connection is lost, or there was none to be had. Nobody knows whether what was under way has
/// been done.
class ConnectionError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The server has refused what it was asked. The connection can be used for the next.
class QueryError : public std::runtime_error {
 public:
  QueryError(const std::string& message, std::string its_code)
      : std::runtime_error(message), code(std::move(its_code)) {}
  std::string code;  // the server's, e.g. SQLSTATE "23505"
};

}  // namespace clients
