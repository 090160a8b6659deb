//! Numbers for lines, a piece in a channel each: what every cube by origin looks up first, so that the rest of it is an array.
//!
//! Most pieces are met in a few channels; those stand side by side, so that looking one up is no search and no guess of the
//! processor's. A line's number says only which was seen first here, so it never leaves the cube.

use longplay_store::{Code, NONE};

use super::Map;

/// Channels of a piece that stand side by side.
const NEAR: usize = 4;
/// Pieces with larger codes are looked up by hashing, so that a single large code takes no memory.
const NEAR_PIECES_MAX: usize = 1 << 16;
const ABSENT: u32 = u32::MAX;

/// The lines of a piece in the channels in which it was seen first.
#[derive(Clone, Copy, Debug)]
struct Near {
    channels: [Code; NEAR],
    lines: [u32; NEAR],
}

impl Near {
    const NONE: Self = Self {
        channels: [NONE; NEAR],
        lines: [ABSENT; NEAR],
    };

    /// Looks at every channel: without a branch, and no empty place hides the line of "no channel".
    #[inline]
    fn line(&self, channel: Code) -> u32 {
        let places = self.channels.iter().zip(self.lines);
        places.fold(ABSENT, |found, (&known, line)| {
            found.min(if known == channel { line } else { ABSENT })
        })
    }
}

/// All lines met so far.
#[derive(Debug, Default)]
pub struct Lines {
    /// By the piece's place.
    near: Vec<Near>,
    /// All other lines.
    others: Map<(Code, Code), u32>,
    /// (channel, piece) of each line.
    names: Vec<(Code, Code)>,
}

impl Lines {
    /// The number of a line: that of a new one is how many there were.
    #[inline]
    pub fn number(&mut self, channel: Code, piece: Code) -> usize {
        let near = self.near.get(place(piece)).map_or(ABSENT, |near| near.line(channel));
        if near == ABSENT {
            self.far(channel, piece)
        } else {
            near as usize
        }
    }

    /// (channel, piece) of each line, by its number.
    pub fn names(&self) -> &[(Code, Code)] {
        &self.names
    }

    #[cold]
    fn far(&mut self, channel: Code, piece: Code) -> usize {
        if let Some(&line) = self.others.get(&(channel, piece)) {
            return line as usize;
        }
        let line = u32::try_from(self.names.len()).expect("fewer than 4 billion pieces");
        self.names.push((channel, piece));
        let place = place(piece);
        if place < NEAR_PIECES_MAX {
            self.near.resize(self.near.len().max(place + 1), Near::NONE);
            let near = &mut self.near[place];
            if let Some(free) = near.lines.iter().position(|&line| line == ABSENT) {
                (near.channels[free], near.lines[free]) = (channel, line);
                return line as usize;
            }
        }
        self.others.insert((channel, piece), line);
        line as usize
    }
}

/// Where a piece's channels stand; "no piece" comes first.
const fn place(piece: Code) -> usize {
    piece.wrapping_sub(NONE) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_number_wherever_it_stands() {
        let mut lines = Lines::default();
        let mut names = Vec::new();
        for channel in [NONE, 0, 1, 7, 8, 9] {
            for piece in [NONE, 0, 5, 3_000_000] {
                assert_eq!(lines.number(channel, piece), names.len(), "{channel} {piece}");
                names.push((channel, piece));
            }
        }
        for (number, &(channel, piece)) in names.iter().enumerate() {
            assert_eq!(lines.number(channel, piece), number, "{channel} {piece}");
        }
        assert_eq!(lines.names(), names);
    }
}
