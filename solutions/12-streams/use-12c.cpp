// use-12c: a chat room.

#include <list>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

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
  for (Member& member : members_) {
    if (&member == &speaker || member.stream.is_closing()) continue;
    member.stream.write(line);
    if (member.stream.unsent() > patience_) member.stream.abort();
  }
}

//: use-12c a line is told, until there are no more lines
aio::Coro<> ChatRoom::listen_to(Member& member) {
  while (true) {
    const std::optional<std::string> line = co_await member.stream.next_line();
    if (!line || !line->ends_with('\n')) co_return;
    tell_others(member, member.name + ": " + *line);
  }
}

//: use-12c a name, a seat, and what is said until the connection ends or breaks
aio::Coro<> ChatRoom::serve(aio::Stream stream) {
  try {
    std::optional<std::string> name = co_await stream.next_line();
    if (!name || !name->ends_with('\n')) co_return;
    name->pop_back();
    Seat seat(*this, std::move(*name), stream);
    co_await listen_to(seat.member());
  } catch (const std::system_error&) {
  }
}
