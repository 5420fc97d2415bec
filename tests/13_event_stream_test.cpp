// Lesson 13: events that a server sends, as they go over the wire.

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <http/event_stream.hpp>

namespace {

using namespace std::chrono_literals;
using http::EventParser, http::ServerEvent;

using Events = std::vector<ServerEvent>;

/// What a parser makes of a stream that comes `piece` bytes at a time.
Events events_of(std::string_view stream, std::size_t piece) {
  EventParser parser;
  Events events;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    parser.put(stream.substr(at, piece));
    while (auto event = parser.next()) events.push_back(*std::move(event));
  }
  return events;
}

/// The same, cut at every byte, which must not make a difference.
Events events_of(std::string_view stream) {
  const Events events = events_of(stream, stream.size() + 1);
  EXPECT_EQ(events_of(stream, 1), events) << stream;
  EXPECT_EQ(events_of(stream, 2), events) << stream;
  return events;
}

/// Of what has neither a type nor an id.
Events plain(std::vector<std::string> data) {
  Events events;
  for (std::string& one : data) events.push_back({std::move(one), "", std::nullopt});
  return events;
}

TEST(EventStream, FormatsDataLineByLine) {
  EXPECT_EQ(http::format_event({"one", "", {}}), "data: one\n\n");
  EXPECT_EQ(http::format_event({"a\nb\r\nc\rd", "", {}}), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(http::format_event({"", "", {}}), "data: \n\n");
  EXPECT_EQ(http::format_event({"x\n", "", {}}), "data: x\ndata: \n\n");
}

TEST(EventStream, FormatsTypesIdsDelaysAndComments) {
  EXPECT_EQ(http::format_event({"1", "tick", "7"}), "event: tick\nid: 7\ndata: 1\n\n");
  EXPECT_EQ(http::format_event({"1", "", ""}), "id: \ndata: 1\n\n");
  EXPECT_EQ(http::format_retry(2s), "retry: 2000\n\n");
  EXPECT_EQ(http::format_comment(), ": \n\n");
  EXPECT_EQ(http::format_comment("a\nb"), ": a\n: b\n\n");
}

TEST(EventStream, RefusesToSmuggleFieldsIn) {
  EXPECT_THROW(http::format_event({"x", "a\nid: 1", {}}), std::invalid_argument);
  EXPECT_THROW(http::format_event({"x", "", "1\rdata: y"}), std::invalid_argument);
  EXPECT_THROW(http::format_event({"x", "", std::string("\0", 1)}), std::invalid_argument);
  EXPECT_THROW(http::format_retry(-1ms), std::invalid_argument);
}

TEST(EventStream, ReadsWhatItFormats) {
  for (const std::string data : {"", "one", "a\nb", "\n", "\n\n", " blank", ":colon", "data: x"}) {
    EXPECT_EQ(events_of(http::format_event({data, "", {}})), plain({data}));
  }
  const ServerEvent event{"x", "tick", "7"};
  EXPECT_EQ(events_of(http::format_comment("hm") + http::format_event(event)), Events{event});
}

TEST(EventStream, TakesAnyEndOfLine) {
  EXPECT_EQ(events_of("data: a\ndata: b\n\n"), plain({"a\nb"}));
  EXPECT_EQ(events_of("data: a\r\ndata: b\r\n\r\n"), plain({"a\nb"}));
  EXPECT_EQ(events_of("data: a\rdata: b\r\r"), plain({"a\nb"}));
  EXPECT_EQ(events_of("data: a\r\n\ndata: b\n\r\n"), plain({"a", "b"}));
}

TEST(EventStream, TakesTheExamplesOfTheStandard) {
  EXPECT_EQ(events_of("data: YHOO\ndata: +2\ndata: 10\n\n"), plain({"YHOO\n+2\n10"}));
  EXPECT_EQ(events_of("data\n\ndata\ndata\n\ndata:"), plain({"", "\n"}));
  EXPECT_EQ(events_of("data:test\n\ndata: test\n\n"), plain({"test", "test"}));
  const Events expected{{"first event", "", "1"},
                        {"second event", "", std::nullopt},
                        {" third event", "", std::nullopt}};
  EXPECT_EQ(events_of(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
                      "data:  third event\n\n"),
            expected);
}

TEST(EventStream, DropsOneByteOrderMarkAtTheStart) {
  EXPECT_EQ(events_of("\xef\xbb\xbf"
                      "data: a\n\n"),
            plain({"a"}));
  EXPECT_EQ(events_of("\xef\xbb\xbf\xef\xbb\xbf"
                      "data: a\n\n"),
            Events());
  EXPECT_EQ(events_of("\n\xef\xbb\xbf"
                      "data: a\n\n"),
            Events());
}

TEST(EventStream, IgnoresWhatItDoesNotKnow) {
  EXPECT_EQ(events_of("Data: a\nother: b\nunknown\n\n"), Events());
  EXPECT_EQ(events_of("event: alone\n\ndata: x\n\n"), plain({"x"}));
}

TEST(EventStream, AnEventThatIsNotCompleteIsNone) {
  EXPECT_EQ(events_of("data: a\n\ndata: b\n"), plain({"a"}));
}

TEST(EventStream, RemembersTheLastId) {
  EventParser parser;
  parser.put("id: 1\ndata: a\n\nid: 2\n\n");
  EXPECT_EQ(parser.last_id(), "2");  // without data, it counts all the same
  parser.put("id: 3\ndata: cut");
  EXPECT_EQ(parser.last_id(), "2");
  parser.restart();
  parser.put("data: b\n\n");
  EXPECT_EQ(parser.next(), (ServerEvent{"a", "", "1"}));
  EXPECT_EQ(parser.next(), (ServerEvent{"b", "", "2"}));
  parser.put(std::string_view("id: 4\0\ndata: c\n\n", 16));
  EXPECT_EQ(parser.last_id(), "2");
}

TEST(EventStream, TakesDelaysOfDigitsOnly) {
  EventParser parser;
  for (const char* wrong : {"retry: -1\n", "retry: 1s\n", "retry:\n", "retry: 1.5\n",
                            "retry: 99999999999999999999\n"}) {
    parser.put(wrong);
    EXPECT_EQ(parser.retry(), std::nullopt) << wrong;
  }
  parser.put("retry: 1500\n");
  EXPECT_EQ(parser.retry(), 1500ms);
}

TEST(EventStream, RefusesEventsThatAreTooLong) {
  EventParser parser(100);
  parser.put("data: " + std::string(90, 'x') + "\n\n");
  EXPECT_THROW(parser.put("data: " + std::string(100, 'x')), http::ProtocolError);
  EventParser other(100);
  EXPECT_THROW(for (int i = 0; i < 100; ++i) other.put("data: x\n"), http::ProtocolError);
}

TEST(EventStream, ARequestSaysWhichEventWasTheLast) {
  http::Request request;
  EXPECT_EQ(http::last_event_id(request), "");
  request.headers.add("Last-Event-ID", "42");
  EXPECT_EQ(http::last_event_id(request), "42");
}

}  // namespace
