#include "work.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <editor.hpp>
#include <lesson_text.hpp>
#include <nlohmann/json.hpp>
#include <prediction.hpp>
#include <report.hpp>
#include <run_command.hpp>

#include "json_text.hpp"

namespace book {

namespace {

using coach::Place;
using nlohmann::json;

http::Response answered(const json& value) {
  return http::Response(200, text_of(value), "application/json");
}

aio::Coro<http::Response> at_once(http::Response response) { co_return response; }

aio::Coro<http::Response> nothing_of_that_name() {
  co_return http::Response(404, "There is no such exercise.\n");
}

/// What is asked about one exercise.
using Answer = std::function<aio::Coro<http::Response>(Place, http::ServerRequest&)>;

http::Handler about_item(const coach::Desk& desk, Answer answer) {
  return [desk, answer = std::move(answer)](http::ServerRequest& request) {
    const Place place = place_of(desk.course, request.query_value("item").value_or(""));
    return place.item == nullptr ? nothing_of_that_name() : answer(place, request);
  };
}

aio::Coro<http::Response> open_hint(coach::Desk desk, Place place) {
  const std::string& id = place.item->id;
  const int all = static_cast<int>(coach::hints_for(*place.lesson, *place.item).size());
  desk.progress.change(
      id, [all](coach::Record& record) { record.hints = std::min(record.hints + 1, all); });
  const int open = desk.progress.of(id).hints;
  co_return answered(
      {{"html", hints_html(place, static_cast<std::size_t>(open))}, {"open", open}, {"all", all}});
}

/// Throws http::ProtocolError for what is no list of texts.
std::vector<std::string> answers_of(const std::string& body) {
  const json sent = json::parse(body, nullptr, false);
  const bool lists = sent.is_object() && sent.contains("answers") && sent["answers"].is_array();
  if (!lists) throw http::ProtocolError(400, "no answers");
  std::vector<std::string> answers;
  for (const json& answer : sent["answers"]) {
    if (!answer.is_string()) throw http::ProtocolError(400, "an answer is no text");
    answers.push_back(answer);
  }
  return answers;
}

/// A save like any other: who looks hears of its check.
aio::Coro<http::Response> predict(Place place, http::ServerRequest& request) {
  if (place.item->kind != coach::Item::Kind::predict) co_return http::Response(404, "None.\n");
  const std::string body = co_await request.read_all();
  const std::vector<std::string> answers = answers_of(body);
  const fs::path file = place.lesson->file_of(*place.item);
  const std::string sheet = coach::read_if_there(file).value_or("");
  coach::write_file(file, coach::with_answers(*place.item, sheet, answers));
  co_return answered({{"written", file.string()}});
}

/// "FILE:LINE" in two parts; 0: it says no line.
std::pair<std::string, std::size_t> split(std::string_view place) {
  const std::size_t colon = std::min(place.find(':'), place.size());
  std::size_t line = 0;
  std::from_chars(place.data() + std::min(colon + 1, place.size()), place.data() + place.size(),
                  line);
  return {std::string(place.substr(0, colon)), line};
}

/// Editors that would want our terminal are left alone.
bool has_window(std::string_view editor) {
  static constexpr std::array known{"code",
                                    "code-insiders",
                                    "codium",
                                    "vscodium",
                                    "cursor",
                                    "gvim",
                                    "subl",
                                    "zed",
                                    "zeditor",
                                    "gedit",
                                    "kate",
                                    "windsurf",
                                    "gnome-text-editor",
                                    "mousepad"};
  const std::string_view program = editor.substr(0, editor.find(' '));
  const std::string_view name = program.substr(program.rfind('/') + 1);
  return std::ranges::find(known, name) != known.end();
}

aio::Coro<http::Response> open_file(Place place) {
  const auto places = coach::places_of(*place.lesson, *place.item);
  const std::string where =
      places.empty() ? place.lesson->file_of(*place.item).string() : places.front();
  if (!has_window(coach::editor())) {
    co_return answered({{"opened", false}, {"where", fs::absolute(where).string()}});
  }
  const auto [file, line] = split(where);
  std::vector<std::string> opens{"sh", "-c", coach::opening(coach::editor(), line), "sh", file};
  const int status = co_await coach::let_go(std::move(opens));
  co_return answered({{"opened", status == 0}, {"where", where}});
}

aio::Coro<http::Response> reset(coach::Desk desk, Following& following, Place place) {
  const auto said = coach::start_anew(desk, place.item->id);
  following.check(place);
  co_return answered({{"said", said}});
}

/// A program that a lesson shows; null where there is none of that name.
const coach::Demo* find_demo(const coach::Course& course, std::string_view number,
                             std::string_view program) {
  for (const coach::Lesson& lesson : course.lessons()) {
    if (lesson.number != number) continue;
    const auto found = std::ranges::find(lesson.demos, program, &coach::Demo::program);
    if (found != lesson.demos.end()) return &*found;
  }
  return nullptr;
}

/// As in a terminal; what is still to be predicted is not run there either.
aio::Coro<http::Response> run_demo(coach::Desk desk, std::string number, std::string program) {
  if (find_demo(desk.course, number, program) == nullptr) co_return http::Response(404, "None.\n");
  coach::Command command;
  command.argv = {"build/dev/bin/coach", "--plain", "demo", std::move(number), std::move(program)};
  command.limit = std::chrono::seconds(120);
  const coach::Outcome outcome = co_await coach::run_command(std::move(command));
  co_return answered({{"output", outcome.output}, {"status", outcome.status}});
}

}  // namespace

void add_work(Book& book, const std::shared_ptr<Following>& following) {
  const coach::Desk desk = book.desk();
  book.router().get("/api/events", about_item(desk, [following](Place place, auto&) {
                      return at_once(following->events(place));
                    }));
  book.router().post(
      "/api/hint", about_item(desk, [desk](Place place, auto&) { return open_hint(desk, place); }));
  book.router().post("/api/predict", about_item(desk, predict));
  book.router().post("/api/solution", about_item(desk, [desk](Place place, auto&) {
                       return at_once(answered({{"html", answer_html(desk, place)}}));
                     }));
  book.router().post("/api/open",
                     about_item(desk, [](Place place, auto&) { return open_file(place); }));
  book.router().post("/api/demo", [desk](http::ServerRequest& request) {
    return run_demo(desk, request.query_value("lesson").value_or(""),
                    request.query_value("program").value_or(""));
  });
  book.router().post("/api/reset", about_item(desk, [desk, following](Place place, auto&) {
                       return reset(desk, *following, place);
                     }));
}

}  // namespace book
