#pragma once
// Exercise use-12c: a chat room.

#include <cstddef>
#include <list>
#include <string>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

/// What each member says goes to all the others. It must outlive its members.
class ChatRoom {
 public:
  /// A member for whom more than `patience` bytes wait does not read, and is thrown out.
  explicit ChatRoom(std::size_t patience = 256 * 1024) : patience_(patience) {}
  ChatRoom(const ChatRoom&) = delete;
  ChatRoom& operator=(const ChatRoom&) = delete;

  /// Serves a member until they leave; a handler for start_server(). Their first line is their
  /// name. The others get "* ann is here\n" then, "ann: hello\n" for each line that ann sends, and
  /// "* ann has left\n" when she goes, however that happens. What she began to say and did not end
  /// with '\n' is not told. Whoever goes without a name was never here. A connection that breaks is
  /// no error, only a member who has left.
  aio::Coro<> serve(aio::Stream stream);
  std::size_t members() const { return members_.size(); }

 private:
  struct Member {
    std::string name;
    aio::Stream& stream;  // lives in serve()
  };
  class Seat;  // somebody's place among the members: use-12c.cpp

  /// Sends a line to everybody but the one who speaks, and waits for nobody. Who is too far behind
  /// is thrown out: abort() keeps nothing for them.
  void tell_others(const Member& speaker, const std::string& line);
  /// Tells the others what the member says, until they leave.
  aio::Coro<> listen_to(Member& member);

  const std::size_t patience_;
  std::list<Member> members_;
};
