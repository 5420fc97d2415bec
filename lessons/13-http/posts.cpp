// Five users and their posts, from a service that takes a tenth of a second for each answer: ten
// requests in turn, and ten at once. The same in Python: posts.py.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>

#include "posts_service.hpp"

using nlohmann::json;
using Lines = std::vector<std::string>;

namespace {

std::string line(const json& user, const json& posts) {
  return user["name"].get<std::string>() + ": " + posts.dump();
}

// [get_json]
aio::Coro<json> get_json(http::Client& client, std::string url) {
  const http::ClientResponse response = co_await client.get(url);
  if (!response.ok()) throw std::runtime_error(url + " answers " + response.body);
  co_return json::parse(response.body);
}
// [/get_json]

// [in_turn]
aio::Coro<Lines> in_turn(http::Client& client, std::string users) {
  Lines lines;
  for (int id = 1; id <= 5; ++id) {
    const std::string url = users + "/" + std::to_string(id);
    const json user = co_await get_json(client, url);
    const json posts = co_await get_json(client, url + "/posts");
    lines.push_back(line(user, posts));
  }
  co_return lines;
}
// [/in_turn]

// [at_once]
aio::Coro<std::string> user_and_posts(http::Client& client, std::string url) {
  const auto [user, posts] =
      co_await aio::gather(get_json(client, url), get_json(client, url + "/posts"));
  co_return line(user, posts);
}

aio::Coro<Lines> at_once(http::Client& client, std::string users) {
  std::vector<aio::Coro<std::string>> all;
  for (int id = 1; id <= 5; ++id) {
    all.push_back(user_and_posts(client, users + "/" + std::to_string(id)));
  }
  co_return co_await aio::gather(std::move(all));
}
// [/at_once]

aio::Coro<> timed(const char* how, aio::Coro<Lines> asking) {
  const auto begin = std::chrono::steady_clock::now();
  const Lines lines = co_await std::move(asking);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  for (const std::string& each : lines) std::printf("%s\n", each.c_str());
  std::printf("%s: ten requests in %.1f s\n\n", how, took.count());
}

aio::Coro<> compare() {
  const http::Server service = co_await posts_service::start();
  const std::string users = "http://127.0.0.1:" + std::to_string(service.port()) + "/users";
  http::Client client;
  co_await timed("in turn", in_turn(client, users));
  co_await timed("at once", at_once(client, users));
}

}  // namespace

int main() { aio::run(compare()); }
