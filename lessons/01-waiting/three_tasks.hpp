#pragma once
// The three tasks whose timeline this lesson reads.

#include <chrono>

#include <aio/aio.hpp>

#include "timeline.hpp"

using namespace std::chrono_literals;

inline Timeline timeline;

// [tasks]
inline aio::Coro<> news() { co_await timeline.wait("news", 1.5s); }

inline aio::Coro<> photo() {
  co_await timeline.wait("photo", 1s);  // the picture arrives
  timeline.compute("photo", 2s);        // and is made smaller: work, and no co_await in it
}

inline aio::Coro<> users() {
  co_await timeline.wait("users", 2s);
  co_await timeline.wait("users", 1s);
}

inline aio::Coro<> all_three() { co_await aio::gather(news(), photo(), users()); }
// [/tasks]
