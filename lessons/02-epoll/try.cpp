// A program of your own: change it as you like, and run it with ./learn try 02. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <unistd.h>
#include <aio/poller.hpp>

using namespace std::chrono_literals;

int main() {
  int ends[2];  // what is written to ends[1] can be read from ends[0]
  if (pipe(ends) == -1) return 1;

  aio::Poller poller;
  poller.watch(ends[0], aio::Interest::read, nullptr);
  std::printf("events of an empty pipe: %zu\n", poller.wait(100ms).size());

  if (write(ends[1], "hello", 5) != 5) return 1;
  for (const aio::PollEvent& event : poller.wait(100ms)) {
    std::printf("readable: %s\n", event.readable ? "yes" : "no");
  }
}
