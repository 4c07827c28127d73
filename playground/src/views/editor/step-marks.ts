import { RangeSet, StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  gutter,
  GutterMarker,
  WidgetType,
  type DecorationSet,
} from '@codemirror/view';
import type { StepForecastMark } from '../../state/editor-marks.ts';
import { iconPath, type IconName } from '../../ui/icon.tsx';

/** Says what the next run would do with the steps of a document. */
export const setStepMarks = StateEffect.define<readonly StepForecastMark[]>();

const icons = {
  run: 'play',
  unknown: 'question',
  reuse: 'reuse',
  blocked: 'cross',
  skip: 'skip',
} as const satisfies Record<StepForecastMark['decision'], IconName>;

const svg = 'http://www.w3.org/2000/svg';

class StepMarker extends GutterMarker {
  readonly mark: StepForecastMark;
  constructor(mark: StepForecastMark) {
    super();
    this.mark = mark;
  }
  override eq(other: StepMarker): boolean {
    return other.mark.decision === this.mark.decision && other.mark.words === this.mark.words;
  }
  override toDOM(): Node {
    const { decision, words, step } = this.mark;
    const mark = document.createElement('span');
    mark.className = 'cm-stepMark';
    mark.dataset['decision'] = decision;
    mark.dataset['step'] = step;
    mark.title = `${step}: ${words}`;
    const image = document.createElementNS(svg, 'svg');
    for (const [name, value] of Object.entries({
      width: '12',
      height: '12',
      viewBox: '0 0 16 16',
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': '1.6',
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }))
      image.setAttribute(name, value);
    const path = document.createElementNS(svg, 'path');
    path.setAttribute('d', iconPath(icons[decision]));
    image.append(path);
    mark.append(image);
    return mark;
  }
}

class StepNote extends WidgetType {
  readonly mark: StepForecastMark;
  constructor(mark: StepForecastMark) {
    super();
    this.mark = mark;
  }
  override eq(other: StepNote): boolean {
    return other.mark.decision === this.mark.decision && other.mark.words === this.mark.words;
  }
  override toDOM(): HTMLElement {
    const note = document.createElement('span');
    note.className = 'cm-stepNote';
    note.dataset['decision'] = this.mark.decision;
    // It is no part of the text; the list of steps says the same.
    note.setAttribute('aria-hidden', 'true');
    note.textContent = this.mark.words;
    return note;
  }
}

interface Marks {
  readonly signs: RangeSet<GutterMarker>;
  readonly notes: DecorationSet;
}

const none: Marks = { signs: RangeSet.empty, notes: Decoration.none };

function marksOf({ doc }: EditorState, given: readonly StepForecastMark[]): Marks {
  const marks = given.filter(({ at }) => at <= doc.length);
  return {
    signs: RangeSet.of(
      marks.map((mark) => new StepMarker(mark).range(doc.lineAt(mark.at).from)),
      true,
    ),
    notes: Decoration.set(
      marks
        .filter(({ isNews }) => isNews)
        .map((mark) =>
          Decoration.widget({ widget: new StepNote(mark), side: 1 }).range(doc.lineAt(mark.at).to),
        ),
      true,
    ),
  };
}

/** Marks move along with the text until the next forecast. */
const field = StateField.define<Marks>({
  create: () => none,
  update({ signs, notes }, { changes, effects, state }) {
    const found = effects.find((effect) => effect.is(setStepMarks));
    return found === undefined
      ? { signs: signs.map(changes), notes: notes.map(changes) }
      : marksOf(state, found.value);
  },
  provide: (own) => EditorView.decorations.from(own, ({ notes }) => notes),
});

/** A sign beside each step for what the next run would do with it, and the reason where there is news. */
export function stepMarks(): Extension {
  return [
    field,
    gutter({
      class: 'cm-stepGutter',
      markers: ({ state }) => state.field(field).signs,
      initialSpacer: () => new StepMarker({ step: '', at: 0, decision: 'skip', words: '', isNews: false }),
    }),
  ];
}
