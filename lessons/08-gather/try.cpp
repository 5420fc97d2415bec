// A program of your own: change it as you like, and run it with ./learn try 08. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/gather.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

aio::Coro<std::string> fetch(std::string page, std::chrono::milliseconds time) {
  co_await aio::sleep(time);
  co_return page + " is here";
}

aio::Coro<> program() {
  const auto [news, sport] = co_await aio::gather(fetch("news", 300ms), fetch("sport", 200ms));
  std::printf("%s, %s\n", news.c_str(), sport.c_str());
}

int main() { aio::run(program()); }
