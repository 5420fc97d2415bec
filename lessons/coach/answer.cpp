#include "answer.hpp"

#include "files.hpp"
#include "tags.hpp"

namespace coach {

namespace {

void add_tagged(std::vector<AnswerPiece>& pieces, const fs::path& file, const std::string& id) {
  const auto source = read_if_there(file);
  if (!source) return;
  for (const Tag& tag : find_tags(*source)) {
    if (tag.id != id) continue;
    const Body body = body_after(*source, tag);
    pieces.push_back({file, source->substr(tag.after, body.close + 1 - tag.after)});
  }
}

}  // namespace

std::vector<AnswerPiece> answer_of(const Lesson& lesson, const Item& item) {
  std::vector<AnswerPiece> pieces;
  if (item.kind == Item::Kind::step) {
    for (const fs::path& header : lesson.headers()) add_tagged(pieces, "runtime" / header, item.id);
  } else if (item.kind != Item::Kind::predict) {
    const fs::path file = fs::path("solutions") / lesson.slug / (item.id + ".cpp");
    pieces.push_back({file, untagged(read_file(file))});
  }
  return pieces;
}

}  // namespace coach
