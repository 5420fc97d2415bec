// A chat room over WebSockets, with a page for browsers.
//
//   ./learn demo 13 chat         two members, who are part of the program
//   build/dev/bin/13-chat 8000   a page for your browser; open http://127.0.0.1:8000/ twice

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>
#include <http/websocket.hpp>
#include <http/websocket_client.hpp>

#include "serving.hpp"

using namespace std::chrono_literals;

namespace {

/// Somebody in the room, and what is still to be sent there.
struct Member {
  Member(std::string who, http::WebSocket& where) : name(std::move(who)), socket(where) {}
  std::string name;
  http::WebSocket& socket;
  aio::Queue<std::string> mail;
};

/// What one says goes to all, in one order. It must outlive its members.
class Room {
 public:
  aio::Coro<> serve(http::WebSocket& socket);

 private:
  class Seat;
  aio::Coro<> listen(Member& member);
  static aio::Coro<> deliver(Member& member);
  void tell_all(const std::string& line);
  void leave(Member& member);

  static constexpr std::size_t patience = 1000;  // lines
  std::list<Member*> members_;
};

/// Somebody's place in the room, which is left however that happens.
class Room::Seat {
 public:
  Seat(Room& room, Member& member) : room_(room), member_(member) {
    room.members_.push_back(&member);
    room.tell_all("* " + member.name + " is here");
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { room_.leave(member_); }

 private:
  Room& room_;
  Member& member_;
};

/// The first message is the name.
aio::Coro<> Room::serve(http::WebSocket& socket) {
  const auto name = co_await socket.receive();
  if (!name) co_return;
  Member member(name->data, socket);
  const Seat seat(*this, member);
  co_await aio::gather(aio::return_exceptions, listen(member), deliver(member));
}

aio::Coro<> Room::listen(Member& member) {
  try {
    while (const auto message = co_await member.socket.receive()) {
      tell_all(member.name + ": " + message->data);
      co_await aio::sleep(0s);  // who talks fast lets the others listen
    }
  } catch (const std::exception&) {  // the connection is lost
  }
  leave(member);
  member.mail.shutdown();
}

// [deliver]
aio::Coro<> Room::deliver(Member& member) {
  try {
    while (true) {
      const std::string line = co_await member.mail.get();
      co_await member.socket.send(line);  // waits until the member keeps up
    }
  } catch (const std::exception&) {  // who does not listen leaves
    member.socket.abort();
  }
}
// [/deliver]

/// Waits for nobody. Who is too far behind is thrown out.
void Room::tell_all(const std::string& line) {
  for (Member* const member : members_) {
    if (member->mail.size() == patience) {
      member->socket.abort();
    } else {
      member->mail.put_nowait(line);
    }
  }
}

void Room::leave(Member& member) {
  if (members_.remove(&member) == 1) tell_all("* " + member.name + " has left");
}

http::Router routes(Room& room) {
  http::Router router;
  router.get("/chat", [&room](http::ServerRequest& request) -> aio::Coro<http::Response> {
    const auto serve = [&room](http::WebSocket& socket) { return room.serve(socket); };
    http::WebSocketOptions options;
    options.longest_message = 2000;  // bytes
    co_return http::serve_websocket(request, serve, options);
  });
  serving::add_page(router, "chat.html");
  return router;
}

// ── two members ──

using Socket = std::unique_ptr<http::WebSocket>;

aio::Coro<> hear(const char* who, const Socket& socket) {
  const auto message = co_await socket->receive();
  std::printf("%s hears  %s\n", who, message ? message->data.c_str() : "the end");
}

aio::Coro<> talk() {
  Room room;
  http::Server server = co_await http::serve(routes(room), "127.0.0.1", 0);
  const std::string url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/chat";
  const Socket ann = co_await http::connect_websocket(url);
  co_await ann->send("ann");
  co_await hear("ann", ann);
  const Socket bob = co_await http::connect_websocket(url);
  co_await bob->send("bob");
  co_await hear("bob", bob);
  co_await hear("ann", ann);
  co_await ann->send("Is anybody here?");
  co_await hear("ann", ann);
  co_await hear("bob", bob);
  co_await bob->close();
  co_await hear("ann", ann);
  co_await ann->close();
  co_await server.shutdown();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) return aio::run(talk()), 0;
  Room room;
  return serve_until_stopped(routes(room), argv[1]);
}
