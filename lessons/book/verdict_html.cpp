// How an exercise stands, as HTML.

#include <algorithm>

#include <fmt/format.h>
#include <lesson_text.hpp>
#include <report.hpp>
#include <story.hpp>

#include "code_block.hpp"
#include "exercises.hpp"
#include "highlight.hpp"
#include "texts.hpp"

namespace book {

namespace {

using coach::Item;
using coach::Verdict;

struct Sign {
  std::string_view name, sign, word;
};

Sign sign_of(const Verdict& verdict) {
  if (verdict.state == Verdict::State::done) return {"done", "✓", "passes"};
  if (verdict.state == Verdict::State::waiting) return {"waiting", "·", "comes later"};
  if (!verdict.begun) return {"open", "○", "not started"};
  return {"failing", "✗", "fails"};
}

const Verdict* own_verdict(const Standing& standing) {
  if (!standing.result) return nullptr;
  const auto& verdicts = standing.result->verdicts;
  const auto own = std::ranges::find(verdicts, standing.place.item->id,
                                     [](const Verdict& one) { return one.item.id; });
  return own == verdicts.end() ? nullptr : &*own;
}

/// Lines of a test's message stand below each other, as they are.
std::string story_html(const coach::Lesson& lesson, const Verdict& verdict) {
  std::string html, message;
  const auto flush = [&] {
    if (!message.empty()) html += "<pre class=\"story\" tabindex=\"0\">" + message + "</pre>";
    message.clear();
  };
  for (const auto& [kind, text] : coach::story_of(lesson, verdict)) {
    if (kind == coach::StoryLine::Kind::prose) {
      flush();
      html += fmt::format("<p>{}</p>", escaped(text));
    } else if (kind == coach::StoryLine::Kind::diagnosis) {
      message += "<strong>" + escaped(text) + "</strong>\n";
    } else {
      message += escaped(text) + "\n";
    }
  }
  flush();
  return html;
}

std::string passed_html(const coach::Desk& desk, const Standing& standing, const Verdict& verdict) {
  std::string html = fmt::format("<p class=\"learned\">{}</p>", escaped(verdict.item.learned));
  if (verdict.item.kind == Item::Kind::test) {
    html += fmt::format("<pre class=\"story\">{}</pre>", escaped(verdict.results.front().message));
  }
  const coach::Place next = coach::next_after(desk, standing.place);
  if (next.item != nullptr && next.item != standing.place.item) {
    html += fmt::format("<p><a class=\"go\" href=\"{}\">Next: {} {}</a></p>",
                        address_of(*next.item), next.item->id, escaped(next.item->title));
  }
  return html;
}

std::string compile_error_html(const coach::CompileError& error) {
  std::string html = "<p class=\"state failing\">✗ It does not compile</p>";
  html += fmt::format("<pre class=\"story\" tabindex=\"0\">{}</pre>", escaped(error.text));
  if (!error.meaning.empty()) html += fmt::format("<p>{}</p>", escaped(error.meaning));
  if (!error.folded.empty()) html += fmt::format("<p>Left out: {}.</p>", escaped(error.folded));
  return html + fmt::format("<p class=\"small\">All that the compiler said: <code>{}</code></p>",
                            escaped(error.log.string()));
}

std::string own_html(const coach::Desk& desk, const Standing& standing, const Verdict& verdict) {
  const auto [name, sign, word] = sign_of(verdict);
  std::string html =
      fmt::format("<p class=\"state {}\">{} {} {}</p>", name, sign, escaped(verdict.item.id), word);
  if (verdict.state == Verdict::State::failing) html += story_html(*standing.place.lesson, verdict);
  if (verdict.state == Verdict::State::done) html += passed_html(desk, standing, verdict);
  return html;
}

}  // namespace

std::string verdict_html(const coach::Desk& desk, const Standing& standing) {
  std::string html;
  if (standing.checking) {
    const std::string doing = standing.doing.empty() ? "Checking" : standing.doing;
    html += fmt::format("<p class=\"state checking\">{} …</p>", escaped(doing));
  }
  if (!standing.trouble.empty()) html += fmt::format("<p>{}</p>", escaped(standing.trouble));
  if (!standing.result) return html;
  if (standing.result->compile_error) html += compile_error_html(*standing.result->compile_error);
  if (const Verdict* const own = own_verdict(standing)) html += own_html(desk, standing, *own);
  for (const std::string& suspicion : standing.result->suspected) {
    html += fmt::format("<p>{}</p>", escaped(suspicion));
  }
  return html;
}

namespace {

/// Where nothing has been checked, what is known from before.
Sign sign_of(const coach::Desk& desk, const Standing& standing, const Item& item) {
  if (standing.result) {
    for (const Verdict& verdict : standing.result->verdicts) {
      if (verdict.item.id == item.id) return sign_of(verdict);
    }
  }
  if (desk.progress.of(item.id).passed) return {"done", "✓", "passed"};
  return {"open", "○", "open"};
}

}  // namespace

std::string states_html(const coach::Desk& desk, const Standing& standing) {
  std::string html;
  for (const Item& item : standing.place.lesson->items) {
    const auto [name, sign, word] = sign_of(desk, standing, item);
    const std::string_view here = &item == standing.place.item ? " aria-current=\"page\"" : "";
    html += fmt::format(
        "<li class=\"{0}\"><span aria-hidden=\"true\">{1}</span> <a href=\"{2}\"{3}>{4} {5}</a> "
        "<span class=\"word\">{6}</span></li>",
        name, sign, address_of(item), here, escaped(item.id), escaped(item.title), word);
  }
  return html;
}

std::string_view state_of(const Standing& standing) {
  if (standing.checking) return "checking";
  if (standing.result && standing.result->compile_error) return "failing";
  const Verdict* const own = own_verdict(standing);
  return own == nullptr ? "open" : sign_of(*own).name;
}

std::string sentence_on(const Standing& standing) {
  const std::string& id = standing.place.item->id;
  if (standing.checking) return "";
  if (!standing.trouble.empty()) return standing.trouble;
  if (!standing.result) return "";
  if (standing.result->compile_error) return "It does not compile.";
  const Verdict* const own = own_verdict(standing);
  return own == nullptr ? "" : fmt::format("{} {}.", id, sign_of(*own).word);
}

std::string hints_html(const coach::Place& place, std::size_t open) {
  const auto hints = coach::hints_for(*place.lesson, *place.item);
  std::string html;
  for (std::size_t i = 0; i < std::min(open, hints.size()); ++i) {
    const Markdown hint =
        rendered_part(hints[i], fs::path("lessons") / place.lesson->slug / "hints.md");
    html += fmt::format("<li>{}</li>", hint.html);
  }
  return html;
}

}  // namespace book
