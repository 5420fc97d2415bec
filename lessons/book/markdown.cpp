#include "markdown.hpp"

#include <map>
#include <memory>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <fmt/format.h>

#include "html.hpp"

namespace book {

namespace {

constexpr int options = CMARK_OPT_UNSAFE | CMARK_OPT_VALIDATE_UTF8;

struct Free {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
  void operator()(cmark_iter* iter) const { cmark_iter_free(iter); }
  void operator()(char* text) const { cmark_get_default_mem_allocator()->free(text); }
};
using Node = std::unique_ptr<cmark_node, Free>;

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

Node parse(std::string_view text) {
  cmark_gfm_core_extensions_ensure_registered();
  const std::unique_ptr<cmark_parser, Free> parser(cmark_parser_new(options));
  if (auto* const tables = cmark_find_syntax_extension("table")) {
    cmark_parser_attach_syntax_extension(parser.get(), tables);
  }
  cmark_parser_feed(parser.get(), text.data(), text.size());
  return Node(cmark_parser_finish(parser.get()));
}

std::string html_of(cmark_node* node) {
  return std::unique_ptr<char, Free>(cmark_render_html(node, options, nullptr)).get();
}

/// The words in a node, without marks.
std::string plain(cmark_node* node) {
  std::string text;
  const std::unique_ptr<cmark_iter, Free> iter(cmark_iter_new(node));
  for (auto event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iter.get())) {
    cmark_node* const one = cmark_iter_get_node(iter.get());
    const auto type = cmark_node_get_type(one);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
      if (event == CMARK_EVENT_ENTER) text += text_or_empty(cmark_node_get_literal(one));
    } else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
      text += ' ';
    }
  }
  return text;
}

/// Goes through a document once and writes its own parts anew.
class Rewriter {
 public:
  explicit Rewriter(const MarkdownHooks& hooks) : hooks_(hooks) {}

  Markdown run(cmark_node* document) {
    // Nodes are replaced, so they are collected first.
    std::vector<cmark_node*> nodes;
    const std::unique_ptr<cmark_iter, Free> iter(cmark_iter_new(document));
    for (auto event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iter.get())) {
      if (event == CMARK_EVENT_ENTER) nodes.push_back(cmark_iter_get_node(iter.get()));
    }
    for (cmark_node* const node : nodes) {
      if (cmark_node_get_type(node) == CMARK_NODE_LINK) follow(node);
    }
    for (cmark_node* const node : nodes) rewrite(node);
    result_.html = html_of(document);
    for (cmark_node* const node : replaced_) cmark_node_free(node);
    return std::move(result_);
  }

 private:
  void rewrite(cmark_node* node) {
    const auto type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING) return head(node);
    if (type == CMARK_NODE_CODE_BLOCK) return code(node);
    const bool has_words = type == CMARK_NODE_PARAGRAPH || is_table_cell(node);
    if (has_words && !result_.headings.empty()) result_.headings.back().text += plain(node) + " ";
  }

  static bool is_table_cell(cmark_node* node) {
    return std::string_view(cmark_node_get_type_string(node)) == "table_cell";
  }

  void follow(cmark_node* node) {
    if (!hooks_.link) return;
    cmark_node_set_url(node, hooks_.link(text_or_empty(cmark_node_get_url(node))).c_str());
  }

  void head(cmark_node* node) {
    Heading heading;
    heading.level = cmark_node_get_heading_level(node);
    heading.title = plain(node);
    heading.slug = slug_of(heading.title);
    if (const int before = seen_[heading.slug]++) heading.slug += fmt::format("-{}", before);
    std::string words;
    for (auto* child = cmark_node_first_child(node); child != nullptr;
         child = cmark_node_next(child)) {
      words += html_of(child);
    }
    while (words.ends_with('\n')) words.pop_back();
    const std::string after = hooks_.after_heading ? hooks_.after_heading(heading) : "";
    replace(node, fmt::format("<h{0} id=\"{1}\">{2}<a class=\"anchor\" href=\"#{1}\" "
                              "aria-label=\"Link to this section\">#</a></h{0}>{3}",
                              heading.level, escaped(heading.slug), words, after));
    result_.headings.push_back(std::move(heading));
  }

  void code(cmark_node* node) {
    if (!hooks_.code) return;
    replace(node, hooks_.code(text_or_empty(cmark_node_get_fence_info(node)),
                              text_or_empty(cmark_node_get_literal(node))));
  }

  void replace(cmark_node* node, const std::string& html) {
    cmark_node* const block = cmark_node_new(CMARK_NODE_HTML_BLOCK);
    cmark_node_set_literal(block, html.c_str());
    cmark_node_replace(node, block);
    replaced_.push_back(node);
  }

  const MarkdownHooks& hooks_;
  Markdown result_;
  std::map<std::string, int> seen_;
  std::vector<cmark_node*> replaced_;
};

}  // namespace

Markdown rendered(std::string_view text, const MarkdownHooks& hooks) {
  const Node document = parse(text);
  return Rewriter(hooks).run(document.get());
}

}  // namespace book
