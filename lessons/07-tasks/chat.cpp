// A chat in which somebody uploads a picture: awaited, and as a task. On virtual time.

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

aio::VirtualClock virtual_clock;

void show(const std::string& line) {
  const auto now = virtual_clock.now().time_since_epoch();
  std::printf("%2d s  %s\n", static_cast<int>(now / 1s), line.c_str());
}

const std::array typed = {"hello", "/upload cat.png", "isn't she sweet?"};

aio::Coro<> upload() {
  co_await aio::sleep(30s);
  show("(cat.png is uploaded)");
}

// [awaited]
aio::Coro<> chat() {
  for (const std::string line : typed) {
    co_await aio::sleep(1s);  // somebody types
    if (line.starts_with("/upload")) {
      co_await upload();
    } else {
      show(line);
    }
  }
}
// [/awaited]

// [task]
aio::Coro<> better_chat() {
  aio::Task<> picture;
  for (const std::string line : typed) {
    co_await aio::sleep(1s);
    if (line.starts_with("/upload")) {
      picture = aio::create_task(upload());  // starts it, and goes on
    } else {
      show(line);
    }
  }
  co_await picture;
}
// [/task]

}  // namespace

int main() {
  std::puts("the upload is awaited:");
  aio::run(chat(), {.clock = &virtual_clock});
  std::puts("the upload is a task:");
  virtual_clock = aio::VirtualClock();
  aio::run(better_chat(), {.clock = &virtual_clock});
}
