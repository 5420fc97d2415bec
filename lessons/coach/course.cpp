#include "course.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "mistake.hpp"
#include "tags.hpp"
#include "text.hpp"

namespace coach {

namespace {

using nlohmann::json;

Item::Kind kind_of(const std::string& id) {
  if (id.starts_with("predict-")) return Item::Kind::predict;
  if (id.starts_with("fix-")) return Item::Kind::fix;
  if (id.starts_with("use-")) return Item::Kind::use;
  if (id.starts_with("test-")) return Item::Kind::test;
  return Item::Kind::step;
}

Item read_item(const json& entry) {
  Item item;
  item.id = entry.at("id");
  item.kind = kind_of(item.id);
  item.formerly = entry.value("formerly", std::vector<std::string>{});
  item.key = entry.value("key", item.formerly.empty() ? item.id : item.formerly.front());
  item.title = entry.value("title", "");
  item.task = entry.at("task");
  item.learned = entry.at("learned");
  item.program = entry.value("program", "");
  item.turns = entry.value("turns", std::vector<std::string>{});
  item.questions = entry.value("questions", std::vector<std::string>{});
  item.read_again = entry.value("read_again", std::vector<std::string>{});
  return item;
}

/// The text of each step's first tag.
std::map<std::string, std::string> tag_texts(const std::vector<std::string>& layers) {
  std::map<std::string, std::string> texts;
  for (const std::string& layer : layers) {
    const auto source = read_if_there("runtime" / header_of(layer));
    for (const Tag& tag : find_tags(source.value_or(""))) texts.emplace(tag.id, tag.text);
  }
  return texts;
}

void put_in_order(std::vector<Item>& items, const std::vector<std::string>& order) {
  std::ranges::stable_sort(items, {}, [&](const Item& item) {
    return std::ranges::find(order, item.id) - order.begin();
  });
}

bool calls_run(const fs::path& folder, const std::string& program) {
  const auto source = read_if_there(folder / (program + ".cpp"));
  return source && source->find("aio::run(") != std::string::npos;
}

Lesson read_lesson(const fs::path& file) {
  const json entry = json::parse(read_file(file));
  Lesson lesson;
  lesson.slug = file.parent_path().filename();
  lesson.number = lesson.slug.substr(0, 2);
  lesson.title = entry.at("title");
  lesson.promise = entry.at("promise");
  lesson.learned = entry.at("learned");
  lesson.layers = entry.at("layers").get<std::vector<std::string>>();
  auto texts = tag_texts(lesson.layers);
  for (const json& step : entry.at("steps")) {
    lesson.items.push_back(read_item(step));
    Item& item = lesson.items.back();
    if (item.title.empty()) item.title = texts[item.id];
  }
  for (const json& exercise : entry.at("exercises")) lesson.items.push_back(read_item(exercise));
  put_in_order(lesson.items, entry.value("order", std::vector<std::string>{}));
  for (const json& demo : entry.at("demos")) {
    const std::string program = demo.at("program");
    lesson.demos.push_back({program, demo.at("shows"), calls_run(file.parent_path(), program)});
  }
  const json versions = entry.value("versions", json::object());
  for (const auto& [name, means] : versions.items()) {
    lesson.versions.push_back({name, means});
  }
  return lesson;
}

/// "4", "04" and "04-event-loop" name the same lesson; "4.2", "04.2" the same step.
std::string_view without_zero(std::string_view id) {
  return id.starts_with('0') ? id.substr(1) : id;
}

bool names(const Lesson& lesson, std::string_view given) {
  return without_zero(lesson.number) == without_zero(given) || lesson.slug == given;
}

/// Whether `given` is the item's ID, or its short form: "4b" for fix-4b.
bool names(const Item& item, std::string_view given) {
  return item.id == without_zero(given) ||
         item.id.ends_with(fmt::format("-{}", without_zero(given)));
}

bool once_named(const Item& item, std::string_view given) {
  return std::ranges::find(item.formerly, without_zero(given)) != item.formerly.end();
}

/// What a file of ours is about: a small exercise's own file, or anything in a lesson's folders.
Place place_of(const std::vector<Lesson>& lessons, const fs::path& given) {
  const fs::path file = (given.is_absolute() ? given.lexically_relative(fs::current_path()) : given)
                            .lexically_normal();
  for (const Lesson& lesson : lessons) {
    for (const Item& item : lesson.items) {
      if (item.kind != Item::Kind::step && lesson.file_of(item) == file) return {&lesson, &item};
    }
    if (std::ranges::find(file, fs::path(lesson.slug)) != file.end()) return {&lesson, nullptr};
  }
  throw WrongUsage(fmt::format("{} belongs to no exercise.", given.string()));
}

/// Two items under one key would share their progress.
void require_own_keys(const std::vector<Lesson>& lessons) {
  std::map<std::string, std::string> owners;
  for (const Lesson& lesson : lessons) {
    for (const Item& item : lesson.items) {
      const auto [owner, is_new] = owners.emplace(item.key, item.id);
      if (is_new) continue;
      throw Mistake(
          fmt::format("lessons/{}/lesson.json: {} and {} both keep their progress under \"{}\"; "
                      "give the newer one a \"key\" of its own",
                      lesson.slug, owner->second, item.id, item.key));
    }
  }
}

std::vector<std::string> all_ids(const std::vector<Lesson>& lessons) {
  std::vector<std::string> ids;
  for (const Lesson& lesson : lessons) {
    ids.push_back(lesson.number);
    for (const Item& item : lesson.items) ids.push_back(item.id);
  }
  return ids;
}

/// What to try instead of an ID that nothing has.
std::string advice(const std::vector<std::string>& similar) {
  if (!similar.empty()) return fmt::format("Did you mean {}?", in_words(similar));
  return "IDs look like 04 (a lesson), 4.2 (a step) and fix-4b (an exercise).";
}

std::vector<Item> only(const std::vector<Item>& items, bool steps) {
  std::vector<Item> some;
  std::ranges::copy_if(items, std::back_inserter(some), [steps](const Item& item) {
    return (item.kind == Item::Kind::step) == steps;
  });
  return some;
}

}  // namespace

fs::path header_of(const std::string& layer) {
  const fs::path header = layer + ".hpp";
  return header.has_parent_path() ? header : "aio" / header;
}

std::string short_name(const fs::path& header) {
  return header.parent_path() == "aio" ? header.filename().string() : header.string();
}

std::vector<fs::path> Lesson::headers() const {
  std::vector<fs::path> all;
  std::ranges::transform(layers, std::back_inserter(all), header_of);
  return all;
}

std::vector<Item> Lesson::steps() const { return only(items, true); }
std::vector<Item> Lesson::small_exercises() const { return only(items, false); }

const Item* Lesson::prediction_of(std::string_view program) const {
  const auto found = std::ranges::find_if(items, [program](const Item& item) {
    return item.kind == Item::Kind::predict && item.program == program;
  });
  return found == items.end() ? nullptr : &*found;
}

fs::path Lesson::file_of(const Item& item) const {
  const fs::path folder = fs::path("exercises") / slug;
  if (item.kind == Item::Kind::predict) return folder / (item.id + ".txt");
  if (item.kind != Item::Kind::step) return folder / (item.id + ".cpp");
  for (const fs::path& header : headers()) {
    for (const Tag& tag : find_tags(read_if_there("runtime" / header).value_or(""))) {
      if (tag.id == item.id) return folder / header;
    }
  }
  throw Mistake(fmt::format("no function of lesson {} is tagged {}", number, item.id));
}

Course Course::read() {
  Course course;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("lessons", none)) {
    const fs::path file = entry.path() / "lesson.json";
    if (!fs::exists(file)) continue;
    try {
      course.lessons_.push_back(read_lesson(file));
    } catch (const json::exception& error) {
      throw Mistake(fmt::format("{}: {}", file.string(), error.what()));
    }
  }
  std::ranges::sort(course.lessons_, {}, &Lesson::number);
  if (course.lessons_.empty()) throw Mistake("there are no lessons below this folder");
  require_own_keys(course.lessons_);
  return course;
}

std::map<std::string, std::string> Course::keys() const {
  std::map<std::string, std::string> keys;
  for (const Lesson& lesson : lessons_) {
    for (const Item& item : lesson.items) keys[item.id] = item.key;
  }
  for (const Lesson& lesson : lessons_) {
    for (const Item& item : lesson.items) {
      for (const std::string& former : item.formerly) keys.emplace(former, item.key);
    }
  }
  return keys;
}

Place Course::find(std::string_view id) const {
  if (id.find('/') != std::string_view::npos) return place_of(lessons_, id);
  for (const Lesson& lesson : lessons_) {
    if (names(lesson, id)) return {&lesson, nullptr};
    for (const Item& item : lesson.items) {
      if (names(item, id)) return {&lesson, &item};
    }
  }
  for (const Lesson& lesson : lessons_) {
    for (const Item& item : lesson.items) {
      if (once_named(item, id)) return {&lesson, &item};
    }
  }
  throw WrongUsage(fmt::format("There is no exercise \"{}\". {} All of them: ./learn status", id,
                               advice(similar(id, all_ids(lessons_), 3))));
}

}  // namespace coach
