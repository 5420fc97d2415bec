#pragma once
// What is done in another thread, and what that is told if it calls what it must not.
//
//   tests::elsewhere([&] { loop.call_soon_threadsafe(callback); });
//   EXPECT_EQ(tests::refused_elsewhere([&] { event.set(); }), tests::wrong_thread("Event::set"));

#include <exception>
#include <functional>
#include <string>
#include <thread>

#include "support/refusal.hpp"

namespace tests {

/// Does it in another thread, and waits for its end. Throws here what is thrown there.
inline void elsewhere(const std::function<void()>& work) {
  std::exception_ptr thrown;
  std::thread([&] {
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown) std::rethrow_exception(thrown);
}

/// Calls it in another thread, and waits for its end.
inline std::string refused_elsewhere(const std::function<void()>& call) {
  std::string told;
  std::thread([&] { told = refusal(call); }).join();
  return told;
}

inline std::string wrong_thread(const std::string& call) {
  return call +
         ": the event loop runs in another thread; have it called there, by call_soon_threadsafe()";
}

}  // namespace tests
