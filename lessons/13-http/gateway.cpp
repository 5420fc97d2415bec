// A gateway: one request from outside becomes two inside, to the user service and to the payment
// service. The payment service has its bad days; the gateway answers all the same.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>

#include "json_response.hpp"

using nlohmann::json;
using namespace std::chrono_literals;

namespace {

// ── the services ──

aio::Coro<http::Response> user_service(http::ServerRequest& request) {
  const std::string& id = request.parameter("id");
  if (id != "1" && id != "2" && id != "3") {
    co_return json_error(404, "There is no user " + id + ".");
  }
  co_return json_response(200, {{"id", id}, {"name", "user " + id}});
}

/// For user 2 it takes ages, and for user 3 it fails.
aio::Coro<http::Response> payment_service(http::ServerRequest& request) {
  const std::string& id = request.parameter("id");
  if (id == "2") co_await aio::sleep(1h);
  if (id == "3") co_return json_error(500, "The database is gone.");
  co_return json_response(200, {12, 30});
}

aio::Coro<http::Server> start(const char* path, http::Handler handler) {
  http::Router router;
  router.get(path, std::move(handler));
  return http::serve(std::move(router), "127.0.0.1", 0);
}

std::string url_of(const http::Server& server, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

// ── the gateway ──

// [ask]
/// What a service has answered, or why there is nothing.
struct Part {
  int status = 0;
  json content;
  std::string problem;
};

aio::Coro<Part> ask(http::Client& services, std::string url) {
  Part part;
  try {
    const http::ClientResponse response = co_await services.get(url);
    part.status = response.status;
    part.content = json::parse(response.body, nullptr, false);
    if (!response.ok()) part.problem = "it answers " + std::to_string(response.status);
  } catch (const aio::TimeoutError&) {
    part.problem = "it takes too long";
  } catch (const std::system_error&) {
    part.problem = "it cannot be reached";
  }
  co_return part;
}
// [/ask]

// [account]
/// Without a user there is no account. Without payments there is one, and it says so.
aio::Coro<http::Response> account(http::Client& services, std::string user_url,
                                  std::string payments_url) {
  const auto [user, payments] =
      co_await aio::gather(ask(services, user_url), ask(services, payments_url));
  if (user.status == 404) co_return json_response(404, user.content);
  if (!user.problem.empty()) co_return json_error(502, "user service: " + user.problem);
  json all = user.content;
  if (payments.problem.empty()) {
    all["payments"] = payments.content;
  } else {
    all["missing"] = {{"payments", payments.problem}};
  }
  co_return json_response(200, all);
}
// [/account]

// ── somebody outside ──

aio::Coro<> show(http::Client& client, std::string url) {
  const http::ClientResponse response = co_await client.get(url);
  std::printf("%-12s %d  %s\n", response.url().path().c_str(), response.status,
              response.body.c_str());
}

http::ClientOptions impatient() {
  http::ClientOptions options;
  options.whole = 200ms;
  return options;
}

aio::Coro<> run() {
  http::Server users = co_await start("/users/{id}", user_service);
  const http::Server payments = co_await start("/payments/{id}", payment_service);
  const std::string users_at = url_of(users, "/users/");
  const std::string payments_at = url_of(payments, "/payments/");
  http::Client services(impatient());
  auto handler = [&](http::ServerRequest& request) {
    const std::string& id = request.parameter("id");
    return account(services, users_at + id, payments_at + id);
  };
  const http::Server gateway = co_await start("/accounts/{id}", std::move(handler));
  http::Client client;
  for (const char* const id : {"1", "2", "3", "77"}) {
    co_await show(client, url_of(gateway, std::string("/accounts/") + id));
  }
  co_await users.shutdown();
  co_await show(client, url_of(gateway, "/accounts/1"));
}

}  // namespace

int main() { aio::run(run()); }
