// The map: which layer stands on which, and which of them the learner has written.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <text.hpp>

#include "chapters.hpp"

namespace book {

namespace {

using coach::Lesson;

constexpr int width = 1100, box_height = 40, row_height = 84, gap = 12;

/// A header that learners write.
struct Layer {
  std::string header;  // "aio/event_loop.hpp"
  const Lesson* lesson = nullptr;
  std::set<std::string> below{};  // layers that it includes, directly or by given headers
  int level = 0;                  // 0 stands on no other
  int x = 0, y = 0, width = 0;    // of its box
};
using Layers = std::map<std::string, Layer>;

/// Adds what a header includes, down to the next layers.
void add_below(const std::string& header, const Layers& all, std::set<std::string>& seen,
               std::set<std::string>& below) {
  const auto text = coach::read_if_there(fs::path("runtime") / header).value_or("");
  for (const std::string& line : coach::split_lines(text)) {
    static constexpr std::string_view begin = "#include <";
    if (!line.starts_with(begin)) continue;
    const std::string included = line.substr(begin.size(), line.find('>') - begin.size());
    if (all.contains(included)) {
      below.insert(included);
    } else if (included.ends_with(".hpp") && seen.insert(included).second) {
      add_below(included, all, seen, below);
    }
  }
}

Layers all_layers(const Book& book) {
  Layers all;
  for (const Lesson& lesson : book.desk().course.lessons()) {
    for (const fs::path& header : lesson.headers())
      all[header.string()] = {header.string(), &lesson};
  }
  for (auto& [header, layer] : all) {
    std::set<std::string> seen;
    add_below(header, all, seen, layer.below);
    layer.below.erase(header);
  }
  return all;
}

/// A layer stands one higher than the highest that it stands on. Rooms of a layer may include it,
/// so what goes round in a circle is left at some height.
void find_levels(Layers& all) {
  for (std::size_t round = 0; round < all.size(); ++round) {
    for (auto& [header, layer] : all) {
      for (const std::string& below : layer.below) {
        const bool circle = all[below].below.contains(header);
        if (!circle) layer.level = std::max(layer.level, all[below].level + 1);
      }
    }
  }
}

/// Rows from the bottom up; in a row in the order of the lessons. Returns the picture's height.
int place_boxes(Layers& all) {
  std::map<int, std::vector<Layer*>> rows;
  for (auto& [header, layer] : all) rows[layer.level].push_back(&layer);
  int y = static_cast<int>(rows.size()) * row_height;
  const int height = y;
  for (auto& [level, row] : rows) {
    std::ranges::sort(row, {}, [](const Layer* layer) {
      return std::pair(layer->lesson->number, layer->header);
    });
    const int count = static_cast<int>(row.size());
    const int box = std::min(190, (width - gap * (count - 1)) / count);
    int x = (width - count * box - (count - 1) * gap) / 2;
    y -= row_height;
    for (Layer* const layer : row) {
      layer->x = x, layer->y = y + (row_height - box_height) / 2, layer->width = box;
      x += box + gap;
    }
  }
  return height;
}

bool is_written(const Book& book, const Lesson& lesson) {
  const auto steps = lesson.steps();
  return !book.exporting() && !steps.empty() && std::ranges::all_of(steps, [&](const auto& step) {
    return book.desk().progress.of(step.id).passed;
  });
}

/// Only to the next: what one reaches through another layer is not drawn.
bool is_direct(const Layers& all, const Layer& layer, const std::string& below) {
  return std::ranges::none_of(layer.below, [&](const std::string& other) {
    return other != below && all.at(other).below.contains(below);
  });
}

std::string lines_of(const Layers& all, const Layer& layer) {
  std::string lines;
  for (const std::string& name : layer.below) {
    const Layer& below = all.at(name);
    if (below.level >= layer.level || !is_direct(all, layer, name)) continue;
    const int x1 = layer.x + layer.width / 2, y1 = layer.y + box_height;
    const int x2 = below.x + below.width / 2, y2 = below.y, middle = (y1 + y2) / 2;
    lines += fmt::format("<path d=\"M{} {} C{} {} {} {} {} {}\"/>", x1, y1, x1, middle, x2, middle,
                         x2, y2);
  }
  return lines;
}

std::string short_name(const std::string& header) {
  const std::string name = header.substr(header.find('/') + 1);
  return fs::path(name).filename().stem().string();
}

std::string box_of(const Book& book, const Layer& layer) {
  const bool written = is_written(book, *layer.lesson);
  return fmt::format(
      "<a href=\"/lessons/{0}.html\"><g class=\"layer{1}\"><title>{2}, lesson {3}: {4}{5}</title>"
      "<rect x=\"{6}\" y=\"{7}\" width=\"{8}\" height=\"{9}\" rx=\"7\"/>"
      "<text x=\"{10}\" y=\"{11}\">{12}</text><text class=\"number\" x=\"{10}\" "
      "y=\"{13}\">{3}</text>"
      "</g></a>",
      layer.lesson->slug, written ? " written" : "", layer.header, layer.lesson->number,
      escaped(layer.lesson->title), written ? ", written by you" : "", layer.x, layer.y,
      layer.width, box_height, layer.x + layer.width / 2, layer.y + 18, short_name(layer.header),
      layer.y + 33);
}

/// The same as text, for those who do not see it.
std::string list_of(const Book& book, const Layers& all) {
  std::string html = "<details><summary>The same as a list</summary><ul>";
  for (const auto& [header, layer] : all) {
    std::string below;
    for (const std::string& name : layer.below) {
      below += (below.empty() ? ", stands on " : ", ") + short_name(name);
    }
    html += fmt::format("<li><code>{}</code>, <a href=\"/lessons/{}.html\">lesson {}</a>{}{}</li>",
                        header, layer.lesson->slug, layer.lesson->number,
                        is_written(book, *layer.lesson) ? ", written by you" : "", below);
  }
  return html + "</ul></details>";
}

Page map_page(const Book& book) {
  Layers all = all_layers(book);
  find_levels(all);
  const int height = place_boxes(all);
  std::string lines, boxes;
  for (const auto& [header, layer] : all) {
    lines += lines_of(all, layer);
    boxes += box_of(book, layer);
  }
  Page page;
  page.title = "The map";
  page.kind = "wide";
  page.main = fmt::format(
      "<h1>The map</h1><p>What you write in this course, and what stands on what: a line leads "
      "down "
      "to the layer that is used. Filled boxes are yours already. A click leads to the lesson.</p>"
      "<div class=\"map\"><svg viewBox=\"0 0 {} {}\" role=\"group\" aria-label=\"Layers\">"
      "<g class=\"lines\">{}</g>{}</svg></div>{}",
      width, height, lines, boxes, list_of(book, all));
  page.styles = {"map.css"};
  return page;
}

}  // namespace

void add_map(Book& book) {
  book.add_page("/map.html", [&book] { return map_page(book); });
}

}  // namespace book
