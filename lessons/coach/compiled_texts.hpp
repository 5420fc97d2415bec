#pragma once
// What a build tree has compiled of the learner's files. ninja goes by times alone, and a file that
// is moved back keeps its old one.

#include "files.hpp"

namespace coach {

/// Lives while a tree is built. Its record of the texts is a file of that tree.
class CompiledTexts {
 public:
  /// Gives the present time to each source file below `folder` whose text is another than in the
  /// last build, and whose time does not say so. Then takes down what is there.
  CompiledTexts(fs::path record, const fs::path& folder);

  /// The build has ended: what is saved from now on is later.
  void built() const;

 private:
  fs::path record_;
};

}  // namespace coach
