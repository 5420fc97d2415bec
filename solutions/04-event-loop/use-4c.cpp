// use-4c: one connection of a server that shouts back, on a reader and a timer.

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>

#include <aio/event_loop.hpp>

#include "shouter.hpp"

//: use-4c let the loop call read_some(), and start to count
Shouter::Shouter(aio::EventLoop& loop, aio::UniqueFd connection, std::chrono::seconds patience)
    : loop_(loop), connection_(std::move(connection)), patience_(patience) {
  loop_.add_reader(connection_.get(), [this] { read_some(); });
  wait_for_more();
}

//: use-4c read once; bytes: answer and count again; the end: hang up
void Shouter::read_some() {
  char bytes[1024];
  const ssize_t count = ::recv(connection_.get(), bytes, sizeof bytes, 0);
  if (count == -1 && errno == EAGAIN) return;
  if (count <= 0) return hang_up();
  arrived_.append(bytes, static_cast<std::size_t>(count));
  answer_lines();
  wait_for_more();
}

//: use-4c shout every complete line, and keep the rest
void Shouter::answer_lines() {
  std::size_t begin = 0;
  for (std::size_t end; (end = arrived_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    shout(std::string_view(arrived_).substr(begin, end - begin));
  }
  arrived_.erase(0, begin);
}

//: use-4c one timer at a time: cancel the old one, set a new one
void Shouter::wait_for_more() {
  if (end_of_patience_) end_of_patience_->cancel();
  end_of_patience_ = loop_.call_later(patience_, [this] {
    shout("bye");
    hang_up();
  });
}

//: use-4c no reader, no timer, no descriptor may be left, in this order
void Shouter::hang_up() noexcept {
  if (!is_open()) return;
  loop_.remove_reader(connection_.get());
  if (end_of_patience_) end_of_patience_->cancel();
  connection_.reset();
}
