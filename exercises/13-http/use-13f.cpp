// Exercise use-13f. Check it with: ./learn check use-13f
// use-13f: users as JSON.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/todo.hpp>
#include <http/server.hpp>
#include <nlohmann/json.hpp>

#include "users.hpp"

namespace {

using nlohmann::json;

/// Their ids are their places, counted from 1.
using Names = std::vector<std::string>;

//: use-13f a response in JSON
http::Response answer(int status, const json& value) {
  AIO_TODO("use-13f", "a response in JSON");
}

//: use-13f what went wrong, in JSON
http::Response problem(int status, const char* detail) {
  AIO_TODO("use-13f", "what went wrong, in JSON");
}

//: use-13f a user as JSON
json user_of(const Names& names, std::size_t id) {
  AIO_TODO("use-13f", "a user as JSON");
}

//: use-13f the id that a text is, if somebody has it
std::optional<std::size_t> known(const Names& names, const std::string& text) {
  AIO_TODO("use-13f", "the id that a text is, if somebody has it");
}

//: use-13f whether the request says that its body is JSON
bool has_json(const http::Request& request) {
  AIO_TODO("use-13f", "whether the request says that its body is JSON");
}

//: use-13f the name in the body, if it is one
std::optional<std::string> name_in(const std::string& body) {
  AIO_TODO("use-13f", "the name in the body, if it is one");
}

//: use-13f add the user that a request brings
aio::Coro<http::Response> add(std::shared_ptr<Names> names, http::ServerRequest& request) {
  AIO_TODO("use-13f", "add the user that a request brings");
}

//: use-13f all users
aio::Coro<http::Response> list(std::shared_ptr<Names> names) {
  AIO_TODO("use-13f", "all users");
}

//: use-13f one of them
aio::Coro<http::Response> show(std::shared_ptr<Names> names, http::ServerRequest& request) {
  AIO_TODO("use-13f", "one of them");
}

}  // namespace

//: use-13f the routes
http::Router users_service() {
  AIO_TODO("use-13f", "the routes");
}
