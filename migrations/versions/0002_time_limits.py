"""Time limits: calendar versions, timers, special procedures, hearings, supervision; tasks keep their own dates."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('calendar_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('source', sa.String(length=120), nullable=False),
    sa.Column('change', sa.JSON(), nullable=False),
    sa.Column('notices', sa.JSON(), nullable=False),
    sa.Column('closures', sa.JSON(), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('drafted_by_id', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('recount_total', sa.Integer(), nullable=False),
    sa.Column('recounted', sa.Integer(), nullable=False),
    sa.Column('moved', sa.Integer(), nullable=False),
    sa.Column('recount_done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['staff.id'], name=op.f('fk_calendar_versions_drafted_by_id_staff')),
    sa.ForeignKeyConstraint(['published_by_id'], ['staff.id'], name=op.f('fk_calendar_versions_published_by_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_versions'))
    )
    op.create_table('timers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('due', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=200), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_timers_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timers'))
    )
    op.create_index(op.f('ix_timers_case_id'), 'timers', ['case_id'], unique=False)
    op.create_index('ix_timers_due', 'timers', ['due'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('uq_timers_key', 'timers', ['key'], unique=True, sqlite_where=sa.text("state IN ('waiting', 'held')"), postgresql_where=sa.text("state IN ('waiting', 'held')"))
    op.create_table('special_procedures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('part_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('basis', sa.String(length=200), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('body', sa.String(length=120), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('requested_by_id', sa.Integer(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approver_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approval_note', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('end_document_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['approver_id'], ['staff.id'], name=op.f('fk_special_procedures_approver_id_staff')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_special_procedures_case_id_cases')),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_special_procedures_document_id_documents')),
    sa.ForeignKeyConstraint(['end_document_id'], ['documents.id'], name=op.f('fk_special_procedures_end_document_id_documents')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['staff.id'], name=op.f('fk_special_procedures_ended_by_id_staff')),
    sa.ForeignKeyConstraint(['part_id'], ['case_parts.id'], name=op.f('fk_special_procedures_part_id_case_parts')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['staff.id'], name=op.f('fk_special_procedures_requested_by_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_special_procedures'))
    )
    op.create_index(op.f('ix_special_procedures_case_id'), 'special_procedures', ['case_id'], unique=False)
    op.create_index(op.f('ix_special_procedures_part_id'), 'special_procedures', ['part_id'], unique=False)
    op.create_table('supervisory_orders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('part_id', sa.Integer(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=True),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('closing_note', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['staff.id'], name=op.f('fk_supervisory_orders_answered_by_id_staff')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_supervisory_orders_case_id_cases')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['staff.id'], name=op.f('fk_supervisory_orders_closed_by_id_staff')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_supervisory_orders_department_id_departments')),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_supervisory_orders_document_id_documents')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['staff.id'], name=op.f('fk_supervisory_orders_opened_by_id_staff')),
    sa.ForeignKeyConstraint(['part_id'], ['case_parts.id'], name=op.f('fk_supervisory_orders_part_id_case_parts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervisory_orders'))
    )
    op.create_index(op.f('ix_supervisory_orders_case_id'), 'supervisory_orders', ['case_id'], unique=False)
    op.create_index(op.f('ix_supervisory_orders_department_id'), 'supervisory_orders', ['department_id'], unique=False)
    op.create_index('ix_supervisory_orders_state', 'supervisory_orders', ['state', 'answer_by'], unique=False)
    op.create_table('hearings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('part_id', sa.Integer(), nullable=False),
    sa.Column('procedure_id', sa.Integer(), nullable=True),
    sa.Column('ground', sa.String(length=20), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_by', sa.String(length=80), nullable=False),
    sa.Column('asker_kind', sa.String(length=20), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hold_by', sa.Date(), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('chair_id', sa.Integer(), nullable=True),
    sa.Column('recorder_id', sa.Integer(), nullable=True),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('notice_document_id', sa.Integer(), nullable=True),
    sa.Column('record', sa.Text(), nullable=False),
    sa.Column('conclusion', sa.Text(), nullable=False),
    sa.Column('signatures', sa.JSON(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('record_document_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_hearings_case_id_cases')),
    sa.ForeignKeyConstraint(['chair_id'], ['staff.id'], name=op.f('fk_hearings_chair_id_staff')),
    sa.ForeignKeyConstraint(['notice_document_id'], ['documents.id'], name=op.f('fk_hearings_notice_document_id_documents')),
    sa.ForeignKeyConstraint(['part_id'], ['case_parts.id'], name=op.f('fk_hearings_part_id_case_parts')),
    sa.ForeignKeyConstraint(['procedure_id'], ['special_procedures.id'], name=op.f('fk_hearings_procedure_id_special_procedures')),
    sa.ForeignKeyConstraint(['record_document_id'], ['documents.id'], name=op.f('fk_hearings_record_document_id_documents')),
    sa.ForeignKeyConstraint(['recorder_id'], ['staff.id'], name=op.f('fk_hearings_recorder_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearings'))
    )
    op.create_index(op.f('ix_hearings_case_id'), 'hearings', ['case_id'], unique=False)
    op.create_index(op.f('ix_hearings_part_id'), 'hearings', ['part_id'], unique=False)
    op.create_table('urgings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['staff.id'], name=op.f('fk_urgings_by_id_staff')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_urgings_case_id_cases')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_urgings_task_id_tasks')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_urgings'))
    )
    op.create_index(op.f('ix_urgings_case_id'), 'urgings', ['case_id'], unique=False)
    op.create_index(op.f('ix_urgings_task_id'), 'urgings', ['task_id'], unique=False)
    op.add_column('cases', sa.Column('deferral_expired_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('cases', sa.Column('calendar_version', sa.Integer(), nullable=False, server_default='0'))
    op.create_index('ix_cases_to_recount', 'cases', ['calendar_version', 'id'], unique=False, sqlite_where=sa.text("state != 'ended'"), postgresql_where=sa.text("state != 'ended'"))
    op.add_column('corrections', sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('corrections', sa.Column('moves_acceptance', sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table('defects') as batch:
        batch.add_column(sa.Column('let_through_by_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('let_through_why', sa.Text(), nullable=False, server_default=''))
        batch.create_foreign_key(op.f('fk_defects_let_through_by_id_staff'), 'staff', ['let_through_by_id'], ['id'])
    with op.batch_alter_table('ledger_entries') as batch:
        batch.add_column(sa.Column('task_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('before', sa.JSON(), nullable=False, server_default='{}'))
        batch.add_column(sa.Column('until', sa.Date(), nullable=True))
        batch.create_foreign_key(op.f('fk_ledger_entries_task_id_tasks'), 'tasks', ['task_id'], ['id'])
    op.create_index(op.f('ix_ledger_entries_task_id'), 'ledger_entries', ['task_id'], unique=False)
    with op.batch_alter_table('messages') as batch:
        batch.add_column(sa.Column('staff_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('task_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('read_at', sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f('fk_messages_task_id_tasks'), 'tasks', ['task_id'], ['id'])
        batch.create_foreign_key(op.f('fk_messages_staff_id_staff'), 'staff', ['staff_id'], ['id'])
    op.create_index('ix_messages_unread', 'messages', ['staff_id', 'created_at'], unique=False, sqlite_where=sa.text('read_at IS NULL AND staff_id IS NOT NULL'), postgresql_where=sa.text('read_at IS NULL AND staff_id IS NOT NULL'))
    with op.batch_alter_table('opinions') as batch:
        batch.add_column(sa.Column('document_id', sa.Integer(), nullable=True))
        batch.alter_column('officer_id', existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key(op.f('fk_opinions_document_id_documents'), 'documents', ['document_id'], ['id'])
    op.add_column('process_definitions', sa.Column('limits', sa.JSON(), nullable=False, server_default='{}'))
    op.execute('ALTER TABLE tasks RENAME COLUMN due TO promised_due')  # the indexes follow by themselves
    op.add_column('tasks', sa.Column('step_limit', sa.JSON(), nullable=True))
    op.add_column('tasks', sa.Column('statutory_due', sa.DateTime(timezone=True), nullable=True))
    op.add_column('tasks', sa.Column('provisional', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('tasks', sa.Column('paused', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('tasks', sa.Column('paused_left', sa.Integer(), nullable=True))
    op.create_index('ix_tasks_done', 'tasks', ['done_by_id', 'done_at'], unique=False)


def downgrade() -> None:
    """Refuse: legal records are not taken apart; restore a backup instead."""
    raise NotImplementedError
