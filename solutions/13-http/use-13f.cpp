// use-13f: users as JSON.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <http/server.hpp>
#include <nlohmann/json.hpp>

#include "users.hpp"

namespace {

using nlohmann::json;

/// Their ids are their places, counted from 1.
using Names = std::vector<std::string>;

//: use-13f a response in JSON
http::Response answer(int status, const json& value) {
  return http::Response(status, value.dump(), "application/json");
}

//: use-13f what went wrong, in JSON
http::Response problem(int status, const char* detail) {
  return answer(status, {{"detail", detail}});
}

//: use-13f a user as JSON
json user_of(const Names& names, std::size_t id) {
  return {{"id", id}, {"name", names.at(id - 1)}};
}

//: use-13f the id that a text is, if somebody has it
std::optional<std::size_t> known(const Names& names, const std::string& text) {
  if (text.empty() || text.size() > 9) return {};
  if (text.find_first_not_of("0123456789") != text.npos) return {};
  const std::size_t id = std::stoul(text);
  return id >= 1 && id <= names.size() ? std::optional(id) : std::nullopt;
}

//: use-13f whether the request says that its body is JSON
bool has_json(const http::Request& request) {
  const std::string_view type = request.headers.get("Content-Type").value_or("");
  return http::same_name(http::trimmed(type.substr(0, type.find(';'))), "application/json");
}

//: use-13f the name in the body, if it is one
std::optional<std::string> name_in(const std::string& body) {
  const json user = json::parse(body, nullptr, false);
  if (!user.is_object() || !user.contains("name") || !user["name"].is_string()) return {};
  std::string name = user["name"];
  return name.empty() ? std::nullopt : std::optional(std::move(name));
}

//: use-13f add the user that a request brings
aio::Coro<http::Response> add(std::shared_ptr<Names> names, http::ServerRequest& request) {
  if (!has_json(request)) co_return problem(415, "A user comes as application/json.");
  const std::string body = co_await request.read_all();
  std::optional<std::string> name = name_in(body);
  if (!name) co_return problem(422, "A user is an object with a name that is not empty.");
  names->push_back(*std::move(name));
  http::Response response = answer(201, user_of(*names, names->size()));
  response.headers.add("Location", "/users/" + std::to_string(names->size()));
  co_return response;
}

//: use-13f all users
aio::Coro<http::Response> list(std::shared_ptr<Names> names) {
  json users = json::array();
  for (std::size_t id = 1; id <= names->size(); ++id) users.push_back(user_of(*names, id));
  co_return answer(200, users);
}

//: use-13f one of them
aio::Coro<http::Response> show(std::shared_ptr<Names> names, http::ServerRequest& request) {
  const std::optional<std::size_t> id = known(*names, request.parameter("id"));
  co_return id ? answer(200, user_of(*names, *id)) : problem(404, "There is no such user.");
}

}  // namespace

//: use-13f the routes
http::Router users_service() {
  const auto names = std::make_shared<Names>();
  http::Router router;
  router.get("/users", [names](http::ServerRequest&) { return list(names); });
  router.get("/users/{id}", [names](http::ServerRequest& request) { return show(names, request); });
  router.post("/users", [names](http::ServerRequest& request) { return add(names, request); });
  return router;
}
