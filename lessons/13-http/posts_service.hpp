#pragma once
// The service that posts.cpp asks: five users and their posts, in JSON. It is slow, as a service at
// the other end of the world is: each answer takes a tenth of a second.

#include <chrono>
#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>

#include "json_response.hpp"

namespace posts_service {

inline const nlohmann::json users = {
    {{"id", 1}, {"name", "Ada"}, {"posts", {"On engines", "Notes, A to G"}}},
    {{"id", 2}, {"name", "Grace"}, {"posts", {"A moth", "Nanoseconds", "On compilers"}}},
    {{"id", 3}, {"name", "Edsger"}, {"posts", {"On goto", "Five philosophers"}}},
    {{"id", 4}, {"name", "Barbara"}, {"posts", {"On substitution"}}},
    {{"id", 5}, {"name", "Tony"}, {"posts", {"Quicksort", "Monitors", "My mistake"}}}};

/// The user with that id, or null.
inline nlohmann::json user_with(const std::string& id) {
  for (const nlohmann::json& user : users) {
    if (std::to_string(user["id"].get<int>()) == id) return user;
  }
  return nullptr;
}

/// GET /users/{id} or /users/{id}/posts.
inline aio::Coro<http::Response> answer(std::string id, bool posts) {
  co_await aio::sleep(std::chrono::milliseconds(100));
  nlohmann::json user = user_with(id);
  if (user.is_null()) co_return json_error(404, "There is no user " + id + ".");
  if (posts) co_return json_response(200, user["posts"]);
  user.erase("posts");
  co_return json_response(200, user);
}

inline aio::Coro<http::Server> start() {
  http::Router router;
  router.get("/users/{id}",
             [](http::ServerRequest& request) { return answer(request.parameter("id"), false); });
  router.get("/users/{id}/posts",
             [](http::ServerRequest& request) { return answer(request.parameter("id"), true); });
  return http::serve(std::move(router), "127.0.0.1", 0);
}

}  // namespace posts_service
