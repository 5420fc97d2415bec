#include <map>
#include <string>

#include <aio/debug/trace_file.hpp>

#include "support/code_lines.hpp"
#include "support/recording.hpp"

namespace tests {

namespace {

using Kind = RecordedItem::Kind;

/// As a string of JSON, with its line ends.
std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '\n') {
      json += "\\n";
    } else if (c == '\t') {
      json += "\\t";
    } else if (c == '"' || c == '\\') {
      json += std::string("\\") + c;
    } else if (static_cast<unsigned char>(c) >= ' ') {
      json += c;
    }
  }
  return json + '"';
}

/// From the root of the course on.
std::string short_path(std::string path) {
  constexpr std::string_view root = LOOPWRIGHT_ROOT "/", up = "../";
  if (path.starts_with(root)) path.erase(0, root.size());
  while (path.starts_with(up)) path.erase(0, up.size());  // from the folder where it was compiled
  return path;
}

/// Writes items, each as an object on its line. Times count from where the loop began.
class JsonRecording {
 public:
  explicit JsonRecording(const std::vector<RecordedItem>& items) : items_(items) {
    std::vector<const void*> codes;
    for (const RecordedItem& item : items) {
      if (item.kind == Kind::line) codes.push_back(item.code);
    }
    lines_ = lines_of(codes);
  }

  std::string text() {
    for (const RecordedItem& item : items_) tell(item);
    std::string files;
    for (const auto& [file, unused] : files_) {
      files += (files.empty() ? "" : ",\n") + quoted(file) + ": " + quoted(text_of(file));
    }
    return "{\"version\": 1,\n\"files\": {\n" + files + "\n},\n\"events\": [\n" + events_ +
           "\n]}\n";
  }

 private:
  void add(const std::string& object) { events_ += (events_.empty() ? "" : ",\n") + object; }
  aio::Clock::rep since_start(aio::Clock::rep at) const { return at - start_; }

  void tell(const RecordedItem& item) {
    switch (item.kind) {
      case Kind::loop:
        start_ = item.event.at;
        return add("{\"kind\":\"loop\",\"clock\":" + quoted(item.text) + "}");
      case Kind::closed:
        return add("{\"kind\":\"closed\"}");
      case Kind::cut:
        return add("{\"kind\":\"cut\"}");
      case Kind::output:
        return add("{\"kind\":\"output\",\"text\":" + quoted(item.text) + "}");
      case Kind::line:
        return tell_line(lines_[item.code]);
      default:
        return tell_event(item);
    }
  }

  void tell_line(const CodeLine& line) {
    if (line.file.empty()) return;
    const std::string object = "{\"kind\":\"line\",\"file\":" + quoted(line.file) +
                               ",\"line\":" + std::to_string(line.line) + "}";
    files_[line.file] = true;
    if (!events_.ends_with(object)) add(object);
  }

  void tell_event(const RecordedItem& item) {
    aio::TraceEvent event = item.event;
    event.at = since_start(event.at);
    std::string line = aio::detail::json_line(event);
    line.pop_back();
    if (item.kind == Kind::starts) replace(line, "ran", "starts", item.text);
    if (item.kind == Kind::polls) replace(line, "ran", "polls", "");
    if (event.place.line() != 0) shorten(line, event.place.file_name());
    add(line);
  }

  static void replace(std::string& line, const std::string& kind, const std::string& by,
                      const std::string& text) {
    const std::string before = "\"kind\":\"" + kind + "\"";
    line.replace(line.find(before), before.size(), "\"kind\":\"" + by + "\"");
    if (!text.empty()) line.insert(line.size() - 1, ",\"text\":" + quoted(text));
  }
  static void shorten(std::string& line, const std::string& path) {
    const std::size_t at = line.rfind(path);
    if (at != line.npos) line.replace(at, path.size(), short_path(path));
  }

  const std::vector<RecordedItem>& items_;
  std::map<const void*, CodeLine> lines_;
  std::map<std::string, bool> files_;
  std::string events_;
  aio::Clock::rep start_ = 0;
};

}  // namespace

std::string to_json(const std::vector<RecordedItem>& items) { return JsonRecording(items).text(); }

}  // namespace tests
