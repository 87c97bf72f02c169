//! Numbered places that are used again. A number is of one holder alone: what comes too late for it reaches no other.

/// A place: its index below, the number of its holders so far above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceId(u32);

/// Places and who has them.
pub struct Places<T> {
    places: Vec<Place<T>>,
    free: Vec<u16>,
}

struct Place<T> {
    /// Another with each holder.
    generation: u16,
    holder: Option<T>,
}

// === impl PlaceId ===

impl PlaceId {
    fn new(index: u16, generation: u16) -> Self {
        Self(u32::from(generation) << 16 | u32::from(index))
    }

    fn parts(self) -> (usize, u16) {
        ((self.0 & 0xffff) as usize, (self.0 >> 16) as u16)
    }
}

impl From<u32> for PlaceId {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

impl From<PlaceId> for u32 {
    fn from(id: PlaceId) -> Self {
        id.0
    }
}

// === impl Places ===

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Places<T> {
    /// Gives a place to a holder. None if 65,535 are taken: the last number stands for no place.
    pub fn add(&mut self, holder: T) -> Option<PlaceId> {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                let index = u16::try_from(self.places.len()).ok().filter(|index| *index < u16::MAX)?;
                self.places.push(Place { generation: 0, holder: None });
                index
            }
        };
        let place = &mut self.places[usize::from(index)];
        place.holder = Some(holder);
        Some(PlaceId::new(index, place.generation))
    }

    /// Who has a place.
    pub fn get(&self, id: PlaceId) -> Option<&T> {
        let (index, generation) = id.parts();
        self.places.get(index).filter(|place| place.generation == generation)?.holder.as_ref()
    }

    /// Takes a place's holder, and leaves another.
    pub fn replace(&mut self, id: PlaceId, other: T) -> Option<T> {
        let holder = self.holder(id)?;
        Some(std::mem::replace(holder, other))
    }

    /// Puts a holder back to its place. Nothing happens if the place is another's by now.
    pub fn put(&mut self, id: PlaceId, holder: T) {
        if let Some(place) = self.holder(id) {
            *place = holder;
        }
    }

    /// Frees a place.
    pub fn remove(&mut self, id: PlaceId) -> Option<T> {
        self.holder(id)?;
        let index = id.parts().0;
        self.free.push(index as u16);
        let place = &mut self.places[index];
        place.generation = place.generation.wrapping_add(1);
        place.holder.take()
    }

    /// Frees the places whose holders fit.
    pub fn remove_if(&mut self, fits: impl Fn(&T) -> bool) -> Vec<T> {
        let ids: Vec<PlaceId> = (0..=u16::MAX)
            .zip(&self.places)
            .filter(|(_, place)| place.holder.as_ref().is_some_and(&fits))
            .map(|(index, place)| PlaceId::new(index, place.generation))
            .collect();
        ids.into_iter().filter_map(|id| self.remove(id)).collect()
    }

    /// How many are taken.
    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// Whether none is taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn holder(&mut self, id: PlaceId) -> Option<&mut T> {
        let (index, generation) = id.parts();
        self.places.get_mut(index).filter(|place| place.generation == generation)?.holder.as_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reaches_its_own_holder_alone() {
        let mut places = Places::default();
        let (a, b) = (places.add('a').unwrap(), places.add('b').unwrap());
        assert_eq!(places.remove(a), Some('a'));
        assert_eq!((places.remove(a), places.replace(a, 'x')), (None, None));
        let c = places.add('c').unwrap();
        assert_ne!(c, a);
        places.put(a, 'x');
        assert_eq!((places.get(a), places.get(b), places.get(c)), (None, Some(&'b'), Some(&'c')));
        assert_eq!(places.len(), 2);
    }

    #[test]
    fn places_that_fit_are_freed_and_used_again() {
        let mut places = Places::default();
        let ids: Vec<_> = (0..10).map(|number| places.add(number).unwrap()).collect();
        assert_eq!(places.remove_if(|number| number % 2 == 0), [0, 2, 4, 6, 8]);
        assert_eq!(places.len(), 5);
        assert_eq!(ids.iter().filter(|id| places.get(**id).is_some()).count(), 5);
        assert!((0..5).all(|number| places.add(number).is_some()));
        assert_eq!(places.places.len(), 10);
    }

    #[test]
    fn there_is_an_end() {
        let mut places = Places::default();
        assert!((0..u16::MAX).all(|number| places.add(number).is_some()));
        assert_eq!(places.add(0), None);
        assert_eq!(places.len(), 65_535);
    }
}
