// An API as one writes it with FastAPI: users in JSON, and errors that say what is wrong.
//
//   ./learn demo 13 api         asks it four things
//   build/dev/bin/13-api 8000   serves until Ctrl-C: curl http://127.0.0.1:8000/users/1

#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>

#include "json_response.hpp"
#include "serving.hpp"

using nlohmann::json;

namespace {

// [users]
const std::map<std::string, json> users = {{"1", {{"id", 1}, {"name", "Ada"}}},
                                           {"2", {{"id", 2}, {"name", "Grace"}}}};

aio::Coro<http::Response> list_users(http::ServerRequest&) {
  json all = json::array();
  for (const auto& [id, user] : users) all.push_back(user);
  co_return json_response(200, all);
}

aio::Coro<http::Response> get_user(http::ServerRequest& request) {
  const std::string& id = request.parameter("id");
  const auto found = users.find(id);
  if (found == users.end()) co_return json_error(404, "There is no user " + id + ".");
  co_return json_response(200, found->second);
}

http::Router routes() {
  http::Router router;
  router.get("/users", list_users).get("/users/{id}", get_user);
  return router;
}
// [/users]

aio::Coro<> show(http::Client& client, const std::string& host, std::string method,
                 std::string target) {
  const http::ClientResponse response = co_await client.request(method, host + target);
  std::printf("%-6s %-9s %d  %s\n", method.c_str(), target.c_str(), response.status,
              response.body.c_str());
}

aio::Coro<> ask() {
  const http::Server server = co_await http::serve(routes(), "127.0.0.1", 0);
  const std::string host = "http://127.0.0.1:" + std::to_string(server.port());
  http::Client client;
  co_await show(client, host, "GET", "/users");
  co_await show(client, host, "GET", "/users/2");
  co_await show(client, host, "GET", "/users/7");
  co_await show(client, host, "DELETE", "/users/2");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) return aio::run(ask()), 0;
  return serve_until_stopped(routes(), argv[1]);
}
