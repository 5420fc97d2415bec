#pragma once
// What one does on the page of an exercise: the routes below /api/.

#include "book.hpp"
#include "following.hpp"

namespace book {

/// Each names an exercise by `?item=7.1`; what is no exercise is answered with 404.
///
///   GET  /api/events     what its checks come to, as server-sent events
///   POST /api/hint       opens one more hint, answers with all that are open, as HTML
///   POST /api/predict    {"answers": ["…"]}: writes them into the learner's sheet
///   POST /api/solution   the answer, as HTML, although it has not passed
///   POST /api/open       opens the learner's file in their editor, if that has a window of its own
///   POST /api/reset      brings the starter back; the file is kept
///   POST /api/demo       ?lesson=07&program=chat: runs a program of a lesson, answers with what it
///                        prints
///
void add_work(Book& book, const std::shared_ptr<Following>& following);

}  // namespace book
