// A program of your own: change it as you like, and run it with ./learn try 05. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>

using namespace std::chrono_literals;

int main() {
  aio::EventLoop loop;
  const aio::Future<int> answer(loop);
  answer.add_done_callback([&](auto& done) {
    std::printf("the answer is %d\n", done.result());
    loop.stop();
  });
  loop.call_later(100ms, [answer] { answer.set_result(42); });
  loop.run_forever();
}
