// Exercise use-12c. Check it with: ./learn check use-12c
// use-12c: a chat room.

#include <list>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/todo.hpp>

#include "chat.hpp"

/// A place among the members, from when somebody comes until they go.
class ChatRoom::Seat {
 public:
  Seat(ChatRoom& room, std::string name, aio::Stream& stream);
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat();

  Member& member() { return *place_; }

 private:
  ChatRoom& room_;
  std::list<Member>::iterator place_;
};

ChatRoom::Seat::Seat(ChatRoom& room, std::string name, aio::Stream& stream)
    : room_(room),
      place_(room.members_.insert(room.members_.end(), Member{std::move(name), stream})) {
  room_.tell_others(*place_, "* " + place_->name + " is here\n");
}

ChatRoom::Seat::~Seat() {
  room_.tell_others(*place_, "* " + place_->name + " has left\n");
  room_.members_.erase(place_);
}

//: use-12c send it to the others without waiting; throw out whoever is too far behind
void ChatRoom::tell_others(const Member& speaker, const std::string& line) {
  AIO_TODO("use-12c", "send it to the others without waiting; throw out whoever is too far behind");
}

//: use-12c a line is told, until there are no more lines
aio::Coro<> ChatRoom::listen_to(Member& member) {
  AIO_TODO("use-12c", "a line is told, until there are no more lines");
}

//: use-12c a name, a seat, and what is said until the connection ends or breaks
aio::Coro<> ChatRoom::serve(aio::Stream stream) {
  AIO_TODO("use-12c", "a name, a seat, and what is said until the connection ends or breaks");
}
