// Exercise use-4c. Check it with: ./learn check use-4c
// use-4c: one connection of a server that shouts back, on a reader and a timer.

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>

#include <aio/event_loop.hpp>
#include <aio/support/todo.hpp>

#include "shouter.hpp"

//: use-4c let the loop call read_some(), and start to count
Shouter::Shouter(aio::EventLoop& loop, aio::UniqueFd connection, std::chrono::seconds patience)
    : loop_(loop), connection_(std::move(connection)), patience_(patience) {
  AIO_TODO("use-4c", "let the loop call read_some(), and start to count");
}

//: use-4c read once; bytes: answer and count again; the end: hang up
void Shouter::read_some() {
  AIO_TODO("use-4c", "read once; bytes: answer and count again; the end: hang up");
}

//: use-4c shout every complete line, and keep the rest
void Shouter::answer_lines() {
  AIO_TODO("use-4c", "shout every complete line, and keep the rest");
}

//: use-4c one timer at a time: cancel the old one, set a new one
void Shouter::wait_for_more() {
  AIO_TODO("use-4c", "one timer at a time: cancel the old one, set a new one");
}

//: use-4c no reader, no timer, no descriptor may be left, in this order
void Shouter::hang_up() noexcept {
  // TODO use-4c: no reader, no timer, no descriptor may be left, in this order
}
