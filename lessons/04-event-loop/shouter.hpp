#pragma once
// Exercise use-4c: one connection of a server that shouts back.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include <aio/event_loop.hpp>
#include <aio/support/syscall.hpp>

/// Answers each line that arrives with the same line in capitals. Who says nothing for a while is
/// told "BYE", and the connection is closed. The loop must outlive it.
class Shouter {
 public:
  /// Takes over a connected socket that does not block.
  Shouter(aio::EventLoop& loop, aio::UniqueFd connection, std::chrono::seconds patience);
  ~Shouter() { hang_up(); }
  Shouter(const Shouter&) = delete;
  Shouter& operator=(const Shouter&) = delete;

  bool is_open() const { return bool(connection_); }

 private:
  /// Called by the loop when there is something to read: bytes, or the end of the stream.
  void read_some();
  /// Answers the lines in `arrived_` that are complete; what is left of it is the next line's
  /// beginning.
  void answer_lines();
  /// Starts to count the time of silence, or starts again.
  void wait_for_more();
  /// Lets go of everything. No effect when that has happened already.
  void hang_up() noexcept;

  /// Sends `line` in capitals, with a line end. Given.
  void shout(std::string_view line) {
    std::string loud(line);
    for (char& c : loud) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    loud += '\n';
    ::send(connection_.get(), loud.data(), loud.size(), MSG_NOSIGNAL);
  }

  aio::EventLoop& loop_;
  aio::UniqueFd connection_;
  std::chrono::seconds patience_;
  std::string arrived_{};  // and not answered yet
  std::optional<aio::TimerHandle> end_of_patience_{};
};
