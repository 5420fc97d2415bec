#pragma once
// What another thread is told that calls what it must not.
//
//   EXPECT_EQ(tests::refused_elsewhere([&] { event.set(); }), tests::wrong_thread("Event::set"));

#include <functional>
#include <string>
#include <thread>

#include "support/refusal.hpp"

namespace tests {

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
