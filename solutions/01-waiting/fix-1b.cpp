// Downloads a file part by part. Several downloads are meant to share one thread.

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include <aio/aio.hpp>

#include "download.hpp"

using namespace std::chrono_literals;

constexpr auto pause_time = 20ms;

aio::Coro<> download(std::string name, int parts, Arrived arrived) {
  for (int part = 1; part <= parts; ++part) {
    //: fix-1b now
    co_await aio::sleep(pause_time);
    //: fix-1b was
    // std::this_thread::sleep_for(pause_time);
    //: fix-1b end
    arrived(name, part);
  }
  //: fix-1b now
  //: fix-1b was
  // co_return;  // without any co_await, this line makes the function a coroutine
  //: fix-1b end
}
