// The plain way to answer later: take a callback, and call it with the answer.

#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include <aio/clock.hpp>
#include <aio/event_loop.hpp>

#include "weather.hpp"

using namespace std::chrono_literals;

namespace {

aio::VirtualClock virtual_clock;
aio::EventLoop loop({.clock = &virtual_clock});

// [ask]
std::map<std::string, int> known;

/// Calls `answer` with the temperature in `city`.
void ask(const std::string& city, const std::function<void(int)>& answer) {
  if (const auto found = known.find(city); found != known.end()) return answer(found->second);
  loop.call_later(1s, [city, answer] { answer(known[city] = measure(city)); });
}
// [/ask]

void run_for_two_seconds() {
  loop.call_later(2s, [] { loop.stop(); });
  loop.run_forever();
}

}  // namespace

int main() {
  loop.set_exception_handler([](const aio::ExceptionContext& context) {
    std::printf("  %s: %s\n", context.message.c_str(), aio::message_of(context.exception).c_str());
  });
  for (const char* city : {"Rome", "Rome", "Atlantis"}) {
    std::printf("%s:\n", city);
    // [use]
    ask(city, [](int degrees) { std::printf("  it has %d degrees\n", degrees); });
    std::puts("  the question is asked");
    // [/use]
    run_for_two_seconds();
  }
}
